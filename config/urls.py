"""The URL space: one include per app."""

from django.contrib import admin
from django.urls import URLPattern, include, path, re_path
from django.views.generic import RedirectView

from accounts.methods import GET, taking
from accounts.pages.signing_in import admin_sign_in
from jobs.api.routes import UnknownPathView
from jobs.rq_dashboard import urls as rq_urls

from . import admin_app
from .api_docs import api_docs
from .pages import CONSOLE, start, unknown

admin_app.load()


def _moved(address: str, *, to: str) -> URLPattern:
    """The spelling without the slash at its end."""
    view = taking(GET, RedirectView.as_view(pattern_name=to, query_string=True))
    return re_path(rf"^{address}\Z", view, name=f"{to.partition(':')[0]}-moved")


urlpatterns = [
    path("", taking(GET, start), name="start"),
    path("", include("accounts.pages.urls")),
    path("settings/", include("jobs.console.own_webhooks")),
    # One sign-in page: Django admin's own would not count wrong passwords.
    re_path(r"^admin/login/?\Z", taking(GET, admin_sign_in), name="admin-sign-in"),
    path("admin/", admin.site.urls),
    path("django-rq/", include(rq_urls)),
    path("", include("jobs.urls")),
    path("", include("research.api.urls")),
    path("research/", include("research.pages.urls")),
    path("", include("pricing.api.urls")),
    _moved("pricing", to="pricing:index"),
    path("pricing/", include("pricing.pages.urls")),
    path("", include("reports.api.urls")),
    _moved(CONSOLE[1:], to="console:index"),
    path(f"{CONSOLE[1:]}/", include("jobs.console.urls")),
    _moved("prospects", to="prospects:index"),
    path("", include("prospects.api.urls")),
    path("prospects/", include("prospects.pages.urls")),
    _moved("reports", to="reports:index"),
    path("reports/", include("reports.pages.urls")),
    re_path(r"^api/docs/?\Z", taking(GET, api_docs), name="api-docs"),
    # Last: what no app knows under /api/ is a 404 in JSON.
    re_path(r"^api(/.*)?\Z", UnknownPathView.as_view(), name="unknown-path"),
    re_path(r"", unknown, name="unknown"),
]
handler400 = "config.pages.bad_request"
handler403 = "config.pages.forbidden"
handler404 = "config.pages.not_found"
handler500 = "config.pages.server_error"
