"""Reports in Django admin, to look at: what a job made is not edited."""

from django.contrib import admin
from django.utils.html import format_html

from prospects.admin.looking import BigTableAdmin

from .files import download_url
from .models import Report


@admin.register(Report)
class ReportAdmin(BigTableAdmin):
    list_display = ("title", "kind", "format", "user_id", "emailed_to", "created_at")
    list_filter = ("kind", "format", "created_at")
    search_fields = ("public_id", "job_id", "title", "subject_id", "user_id", "tenant_id")
    # The storage has no addresses; the API hands its files out.
    exclude = ("file",)
    readonly_fields = ("stored_file",)

    @admin.display(description="file")
    def stored_file(self, report: Report) -> str:
        if not report.file:
            return "none"
        return format_html('<a href="{}">{}</a>', download_url(report), report.file.name)
