"""Mixins of the admin classes: audited changes, and pages that only show."""

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.forms import BaseFormSet, ModelForm
from django.http import HttpRequest

from .. import audit
from ..callers import caller_of
from .generic import ModelAdmin


class AuditedAdmin(ModelAdmin):
    """Records who created, changed or deleted what; inline rows count as changes of their parent.

    A change and its entry are one transaction: the admin's forms are, list actions are made so here.
    """

    def audit_target(self, obj: Any) -> str:
        return str(obj.pk)

    def audit(self, request: HttpRequest, obj: Any, verb: str, **details: Any) -> None:
        kind = obj._meta.model_name
        audit.record(
            caller=caller_of(request),
            action=f"{kind}.{verb}",
            target_type=kind,
            target_id=self.audit_target(obj),
            details={"label": str(obj), **details},
            request_id=getattr(request, "request_id", None),
        )

    def save_related(self, request: HttpRequest, form: "ModelForm[Any]", formsets: Iterable[Any], change: bool) -> None:
        formsets = list(formsets)
        super().save_related(request, form, formsets, change)
        details: dict[str, Any] = {"fields": _plain(form, form.changed_data)}
        for formset in formsets:
            details |= _inline_changes(formset)
        self.audit(request, form.instance, "change" if change else "create", **details)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.audit(request, obj, "delete")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        with transaction.atomic():
            for obj in queryset:
                self.audit(request, obj, "delete")
            super().delete_queryset(request, queryset)


class ReadOnlyAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _plain(form: "ModelForm[Any]", names: Iterable[str]) -> dict[str, Any]:
    """Field values as JSON. Passwords are named, never shown."""
    values = {name: form.cleaned_data.get(name) for name in names}
    return {
        name: "…" if "password" in name else value if isinstance(value, bool | int | None) else str(value)
        for name, value in values.items()
    }


def _inline_changes(formset: "BaseFormSet[Any]") -> dict[str, list[str]]:
    changes = {
        "added": [str(obj) for obj in getattr(formset, "new_objects", [])],
        "changed": [str(obj) for obj, _ in getattr(formset, "changed_objects", [])],
        "removed": [str(obj) for obj in getattr(formset, "deleted_objects", [])],
    }
    return {name: rows for name, rows in changes.items() if rows}
