"""The addresses below /reports/. Words come before ids."""

from . import asking, library, report

app_name = "reports"
urlpatterns = [*library.urls, *asking.urls, *report.urls]
