"""The addresses below /prospects/. Words come before ids."""

from . import (
    alerts,
    bulk,
    company,
    company_edit,
    company_list,
    contacts,
    exports,
    imports,
    ingest,
    jobs,
    matches,
    prospect,
    prospect_list,
    saved_views,
    sources,
)

app_name = "prospects"
urlpatterns = [
    *prospect_list.urls,
    *bulk.urls,
    *ingest.urls,
    *exports.urls,
    *imports.urls,
    *saved_views.urls,
    *jobs.urls,
    *company_list.urls,
    *company.urls,
    *company_edit.urls,
    *contacts.urls,
    *matches.urls,
    *alerts.urls,
    *sources.urls,
    *prospect.urls,
]
