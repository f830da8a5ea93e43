"""The addresses below /prospects/. Words come before ids."""

from . import bulk, jobs, prospect, prospect_list, saved_views

app_name = "prospects"
urlpatterns = [*prospect_list.urls, *bulk.urls, *saved_views.urls, *jobs.urls, *prospect.urls]
