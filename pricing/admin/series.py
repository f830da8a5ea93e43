"""Series can be described; what was published of them is there to look at."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.auditing import AuditedAdmin
from prospects.admin.looking import BigTableAdmin

from ..models import Observation, Series, SeriesFeed, ValueImport, ValueUpload


@admin.register(Series)
class SeriesAdmin(AuditedAdmin):
    list_display = ("code", "name", "unit", "currency", "frequency", "tenant_id")
    list_filter = ("frequency", "currency")
    search_fields = ("code", "name", "tenant_id")
    # Contracts and files name a series by its code.
    readonly_fields = ("code", "tenant_id", "created_at", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Series | None = None) -> bool:
        return False


@admin.register(Observation)
class ObservationAdmin(BigTableAdmin):
    list_display = ("series", "as_of_date", "version_tag", "revision", "value", "published_at", "source", "tenant_id")
    list_filter = ("version_tag", "origin")
    list_select_related = ("series",)
    search_fields = ("series__code", "tenant_id")
    ordering = ("-id",)


@admin.register(ValueImport)
class ValueImportAdmin(BigTableAdmin):
    list_display = ("file_name", "rows", "inserted", "updated", "unchanged", "rejected", "created_at", "tenant_id")
    search_fields = ("file_name", "sha256", "tenant_id")


@admin.register(ValueUpload)
class ValueUploadAdmin(BigTableAdmin):
    list_display = ("file_name", "status", "size_bytes", "job_id", "created_at", "tenant_id")
    list_filter = ("status",)
    search_fields = ("file_name", "sha256", "tenant_id")


@admin.register(SeriesFeed)
class SeriesFeedAdmin(BigTableAdmin):
    list_display = ("series", "provider", "external_id", "is_daily", "succeeded_at", "problem", "tenant_id")
    list_filter = ("provider", "is_daily")
    list_select_related = ("series",)
    search_fields = ("series__code", "external_id", "tenant_id")
