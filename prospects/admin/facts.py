"""What sources said and when they were asked, to look at: an edit would be a fact no source has told."""

from django.contrib import admin

from ..models import Fact, Lookup
from .looking import BigTableAdmin

_SUBJECTS = ("prospect", "company", "contact")
_SEARCHED = ("prospect__name", "company__name", "company__key", "contact__name", "contact__key", "tenant_id")


@admin.register(Fact)
class FactAdmin(BigTableAdmin):
    list_display = ("provider", "name", "value", *_SUBJECTS, "as_of", "fetched_at", "tenant_id", "source")
    list_filter = ("source", "provider", "fetched_at")
    list_select_related = _SUBJECTS
    search_fields = ("provider", "name", *_SEARCHED)


@admin.register(Lookup)
class LookupAdmin(BigTableAdmin):
    list_display = ("provider", "outcome", "message", *_SUBJECTS, "asked_at", "job_id", "tenant_id")
    list_filter = ("outcome", "provider", "asked_at")
    list_select_related = _SUBJECTS
    search_fields = ("provider", "message", "job_id", *_SEARCHED)
