"""The URL space: one include per app."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from accounts.pages.signing_in import admin_sign_in
from jobs.api.routes import UnknownPathView
from jobs.rq_dashboard import urls as rq_urls

from . import admin_app
from .pages import CONSOLE, start, unknown

admin_app.load()

urlpatterns = [
    path("", start, name="start"),
    path("", include("accounts.pages.urls")),
    path("settings/", include("jobs.console.own_webhooks")),
    # One sign-in page: Django admin's own would not count wrong passwords.
    re_path(r"^admin/login/?\Z", admin_sign_in),
    path("admin/", admin.site.urls),
    path("django-rq/", include(rq_urls)),
    path("", include("jobs.urls")),
    path("", include("research.api.urls")),
    path("research/", include("research.pages.urls")),
    path("", include("pricing.api.urls")),
    re_path(r"^pricing\Z", RedirectView.as_view(pattern_name="pricing:index", query_string=True)),
    path("pricing/", include("pricing.pages.urls")),
    path("", include("reports.api.urls")),
    re_path(rf"^{CONSOLE[1:]}\Z", RedirectView.as_view(pattern_name="console:index", query_string=True)),
    path(f"{CONSOLE[1:]}/", include("jobs.console.urls")),
    re_path(r"^prospects\Z", RedirectView.as_view(pattern_name="prospects:index", query_string=True)),
    path("", include("prospects.api.urls")),
    path("prospects/", include("prospects.pages.urls")),
    re_path(r"^reports\Z", RedirectView.as_view(pattern_name="reports:index", query_string=True)),
    path("reports/", include("reports.pages.urls")),
    # Last: what no app knows under /api/ is a 404 in JSON.
    re_path(r"^api(/.*)?\Z", UnknownPathView.as_view()),
    re_path(r"", unknown),
]
handler400 = "config.pages.bad_request"
handler403 = "config.pages.forbidden"
handler404 = "config.pages.not_found"
handler500 = "config.pages.server_error"
