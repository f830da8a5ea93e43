"""Research in Django admin, to look at: a report is what a job wrote."""

from django.contrib import admin

from prospects.admin.looking import BigTableAdmin, LookOnlyInline

from ..models import QuotaUnit, Research, Section, SourceNote


class SectionInline(LookOnlyInline):
    model = Section
    fields = ("position", "title", "summary")
    show_change_link = True


class SourceNoteInline(LookOnlyInline):
    model = SourceNote
    fields = ("number", "label", "provider", "source", "reference", "fetched_at")


@admin.register(Research)
class ResearchAdmin(BigTableAdmin):
    inlines = (SectionInline, SourceNoteInline)
    list_display = ("public_id", "company", "status", "backend", "model", "confidence", "sentiment", "completed_at")
    list_filter = ("status", "backend", "sentiment", "created_at")
    list_select_related = ("company",)
    search_fields = ("public_id", "job_id", "company__key", "company__name", "tenant_id")


@admin.register(Section)
class SectionAdmin(BigTableAdmin):
    list_display = ("research", "position", "title", "created_at")
    list_filter = ("key",)
    list_select_related = ("research__company",)
    search_fields = ("research__public_id", "research__company__name")


@admin.register(QuotaUnit)
class QuotaUnitAdmin(BigTableAdmin):
    list_display = ("subject", "month", "job_id", "given_back_at")
    list_filter = ("month",)
    search_fields = ("subject", "job_id")
