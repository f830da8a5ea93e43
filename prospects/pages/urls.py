"""The addresses below /prospects/. Words come before ids."""

from . import bulk, company, company_edit, company_list, contacts, jobs, prospect, prospect_list, saved_views

app_name = "prospects"
urlpatterns = [
    *prospect_list.urls,
    *bulk.urls,
    *saved_views.urls,
    *jobs.urls,
    *company_list.urls,
    *company.urls,
    *company_edit.urls,
    *contacts.urls,
    *prospect.urls,
]
