"""The paths of reports, with and without a trailing slash."""

from django.urls import URLPattern, re_path

from jobs.api.base import ApiView

from .views import DownloadView, ReportsView, ReportView

REPORT = r"(?P<report_id>rep_[a-z2-7]{16})"


def _path(pattern: str, view: type[ApiView], *, name: str) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", view.as_view(), name=name)


urlpatterns = [
    _path("api/reports", ReportsView, name="api-reports"),
    _path(f"api/reports/{REPORT}", ReportView, name="api-report"),
    _path(f"api/reports/{REPORT}/download", DownloadView, name="api-report-download"),
]
