"""The addresses below /reports/. Words come before ids."""

from . import asking, data_files, library, report, research_document

app_name = "reports"
urlpatterns = [*library.urls, *asking.urls, *research_document.urls, *report.urls, *data_files.urls]
