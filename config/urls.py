"""The URL space: one include per app."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from jobs.api.routes import UnknownPathView
from jobs.rq_dashboard import urls as rq_urls

urlpatterns = [
    # Until the product has a page of its own.
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("django-rq/", include(rq_urls)),
    path("", include("jobs.urls")),
    # Last: what no app knows under /api/ is a 404 in JSON.
    re_path(r"^api(/.*)?\Z", UnknownPathView.as_view()),
]
handler400 = "jobs.api.problems.bad_request"
handler403 = "jobs.api.problems.forbidden"
handler404 = "jobs.api.problems.not_found"
handler500 = "jobs.api.problems.server_error"
