"""Kept views, and the lists that were imported, in Django admin, to look at. A kept view can be deleted."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.auditing import AuditedAdmin, ReadOnlyAdmin

from ..models import Import, RejectedRow, SavedView
from .looking import LookOnlyInline


class RejectedRowInline(LookOnlyInline):
    model = RejectedRow
    fields = ("number", "problems", "cells")


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = (
        "file_name",
        "tenant_id",
        "kind",
        "status",
        "row_count",
        "created",
        "rejected",
        "user",
        "created_at",
    )
    list_filter = ("kind", "status")
    search_fields = ("file_name", "digest", "tenant_id")
    list_select_related = ("user",)
    inlines = (RejectedRowInline,)


@admin.register(SavedView)
class SavedViewAdmin(AuditedAdmin):
    list_display = ("name", "tenant_id", "user", "page", "query", "is_shared")
    list_filter = ("page", "is_shared")
    search_fields = ("name", "tenant_id")
    list_select_related = ("user",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
