"""Live limits and deploy marks in Django admin: to look at; they are changed in the console."""

from django.contrib import admin

from ..admin import AdminsOnly
from ..deploys.models import Deploy
from .models import OverrideChange, QueueOverride


@admin.register(QueueOverride)
class QueueOverrideAdmin(AdminsOnly):
    list_display = ("queue", "values", "changed_at")


@admin.register(OverrideChange)
class OverrideChangeAdmin(AdminsOnly):
    list_display = ("at", "queue", "setting", "old", "new", "reverted", "by_name", "reason")
    list_filter = ("queue", "setting", "reverted")
    search_fields = ("by_name", "reason")
    ordering = ("-id",)


@admin.register(Deploy)
class DeployAdmin(AdminsOnly):
    list_display = ("at", "version", "note", "by")
    ordering = ("-at",)
