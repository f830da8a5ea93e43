"""Reports in Django admin, to look at: what a job made is not edited."""

from django.contrib import admin

from prospects.admin.looking import BigTableAdmin

from .models import Report


@admin.register(Report)
class ReportAdmin(BigTableAdmin):
    list_display = ("title", "kind", "format", "user_id", "emailed_to", "created_at")
    list_filter = ("kind", "format", "created_at")
    search_fields = ("public_id", "job_id", "title", "subject_id", "user_id", "tenant_id")
