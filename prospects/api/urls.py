"""The paths of prospects and companies. Each works with and without a trailing slash."""

from django.urls import URLPattern, re_path

from jobs.api.base import ApiView

from .imports import ImportsView, ImportView
from .views import CompaniesView, CompanyView, ProspectsView, ProspectView

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _path(pattern: str, view: type[ApiView], *, name: str) -> URLPattern:
    return re_path(rf"^{pattern}/?\Z", view.as_view(), name=name)


urlpatterns = [
    _path("api/prospects", ProspectsView, name="api-prospects"),
    _path(rf"api/prospects/(?P<prospect_id>{_UUID})", ProspectView, name="api-prospect"),
    _path("api/companies", CompaniesView, name="api-companies"),
    _path(r"api/companies/(?P<key>.{1,100}?)", CompanyView, name="api-company"),
    _path("api/imports", ImportsView, name="api-imports"),
    _path(rf"api/imports/(?P<import_id>{_UUID})", ImportView, name="api-import"),
]
