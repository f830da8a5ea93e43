"""The addresses below /research/."""

from . import index, report

app_name = "research"
urlpatterns = [*index.urls, *report.urls]
