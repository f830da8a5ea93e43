"""Paths of research, with and without a trailing slash."""

from django.urls import re_path

from .views import ResearchView

urlpatterns = [
    re_path(r"^api/research/(?P<company_key>[^/]{1,100})/?\Z", ResearchView.as_view(), name="research-of-company"),
]
