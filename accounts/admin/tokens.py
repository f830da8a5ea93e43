"""API tokens: issued here and shown once, revoked by action, never changed."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html

from .. import tokens
from ..callers import caller_of
from ..models import ApiToken
from ..roles import SCOPES, Role
from .auditing import AuditedAdmin
from .generic import TokenModelForm


class NewTokenForm(TokenModelForm):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="None chosen: those of the role.",
    )

    class Meta:
        model = ApiToken
        fields = ("name", "organisation", "user", "is_service", "role", "scopes", "expires_at")
        help_texts = {  # noqa: RUF012 — Django reads it as it stands
            "user": "Whose token; for a service, who answers for it (may be empty).",
            "role": "A service needs one. On a user's token it is a ceiling; empty: as the user's membership says.",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        user, organisation = data.get("user"), data.get("organisation")
        if data.get("is_service"):
            if not data.get("role"):
                self.add_error("role", "A service needs a role.")
        elif user is None:
            self.add_error("user", "Choose the user, or mark the token as a service's.")
        elif organisation and not user.is_admin and not user.memberships.filter(organisation=organisation).exists():
            self.add_error("organisation", f"{user} does not belong to {organisation}; add the membership first.")
        data["role"] = data.get("role") or None
        return data


@admin.register(ApiToken)
class ApiTokenAdmin(AuditedAdmin):
    list_display = ("prefix", "name", "user", "organisation", "is_service", "state", "expires_at", "last_used_at")
    list_filter = ("is_service", "organisation")
    list_select_related = ("user", "organisation")
    search_fields = ("prefix", "name", "user__email", "organisation__slug")
    autocomplete_fields = ("user", "organisation")
    actions = ("revoke",)
    fields = ("name", "organisation", "user", "is_service", "role", "scopes", "expires_at")
    readonly_fields = ("prefix", "state", "created_at", "revoked_at", "last_used_at")

    def audit_target(self, obj: ApiToken) -> str:
        return obj.prefix

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | ({} if obj else {"form": NewTokenForm}))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *self.readonly_fields) if obj else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list asks without an object: there it is the right to run actions.
        return obj is None and super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        token, secret = tokens.issue(
            user=obj.user,
            organisation=obj.organisation,
            name=obj.name,
            scopes=obj.scopes or None,
            role=Role(obj.role) if obj.role else None,
            is_service=obj.is_service,
            expires_at=obj.expires_at,
            by=caller_of(request),
            request_id=getattr(request, "request_id", None),
        )
        # The admin goes on with its own instance: give it the row that was made.
        obj.__dict__.update({**token.__dict__, "_state": obj._state})
        obj._state.adding = False
        obj._state.db = token._state.db
        note = "The token, shown only now: {} . Whoever has it can act with it; keep it like a password."
        self.message_user(request, format_html(note, format_html("<code>{}</code>", secret)), messages.WARNING)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: issuing has written its own audit entry, and a token has no related rows."""

    @admin.action(description="Revoke the selected tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: models.QuerySet[ApiToken]) -> None:
        by = caller_of(request)
        request_id = getattr(request, "request_id", None)
        count = sum(tokens.revoke(token=token, by=by, request_id=request_id) for token in queryset)
        self.message_user(request, f"Revoked {count} of {len(queryset)} tokens; the others were revoked before.")

    @admin.display(description="state")
    def state(self, obj: ApiToken) -> str:
        return obj.state()
