"""Scores and matches to look at, and the weights of scores, of which a person makes the next version."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.callers import caller_of
from accounts.models import Organisation

from ..models import HealthAlert, HealthScore, LeadScore, Match, ProspectScore, ScoreWeights
from ..scores.evidence import BadFact
from ..scores.preview import Change, preview
from ..scores.weights import latest_values, save_weights
from ..scoring.weights import InvalidWeights, as_json, read_weights
from .looking import BigTableAdmin

if TYPE_CHECKING:
    _WeightsForm = forms.ModelForm[ScoreWeights]
else:
    _WeightsForm = forms.ModelForm


class PrettyJson(forms.JSONField):
    #: An empty object is an answer: the built-in weights again.
    empty_values = [None, ""]  # noqa: RUF012 — Django's own is a list

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}), **more)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value, indent=2)


class NewWeightsForm(_WeightsForm):
    """The next version of an organisation's weights. With `_preview` it is not saved, and `changes` are shown."""

    tenant_id = forms.CharField(
        label="Organisation",
        required=False,
        max_length=100,
        help_text="Its short name. Empty: for all organisations without weights of their own.",
    )
    values = PrettyJson(label="Weights", help_text="What is left out keeps its built-in weight; see docs/scores.md.")
    note = forms.CharField(label="Why", max_length=300, help_text="For those who wonder later why scores changed.")
    changes: list[Change] | None = None

    class Meta:
        model = ScoreWeights
        fields = ("kind", "tenant_id", "values", "note")

    def clean_tenant_id(self) -> str:
        tenant_id: str = self.cleaned_data["tenant_id"]
        if tenant_id and not Organisation.objects.filter(slug=tenant_id).exists():
            raise forms.ValidationError(f"There is no organisation {tenant_id!r}.")
        return tenant_id

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"kind", "values", "tenant_id"} <= data.keys():
            return data
        try:
            weights = read_weights(data["kind"], data["values"])
        except InvalidWeights as error:
            self.add_error("values", [f"{name}: {problem}" for name, problem in error.fields.items()])
            return data
        data["values"] = as_json(weights)
        if "_preview" in self.data:
            try:
                self.changes = preview(data["tenant_id"], weights)
            except BadFact as problem:
                raise forms.ValidationError(f"The preview cannot be made: {problem}.") from problem
            # What does not validate is not saved.
            raise forms.ValidationError("Nothing is saved yet: below is what would change.")
        return data


@admin.register(ScoreWeights)
class ScoreWeightsAdmin(BigTableAdmin):
    list_display = ("kind", "version", "tenant_id", "note", "created_by", "created_at")
    list_filter = ("kind",)
    list_select_related = ("created_by",)
    search_fields = ("tenant_id", "note", "created_by__email")
    change_form_after_template = "prospects/admin/weights_preview.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("prospects.add_scoreweights")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs | ({} if obj else {"form": NewWeightsForm}))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begins with what counts today for the kind and organisation in the address."""
        kind, tenant_id = request.GET.get("kind", "lead"), request.GET.get("tenant_id", "")
        return {"kind": kind, "tenant_id": tenant_id, "values": latest_values(kind, tenant_id)}

    def save_model(self, request: HttpRequest, obj: ScoreWeights, form: Any, change: bool) -> None:
        saved = save_weights(
            kind=obj.kind, tenant_id=obj.tenant_id, values=obj.values, note=obj.note, by=caller_of(request)
        )
        # The admin goes on with its own instance: give it the row that was made.
        obj.__dict__.update({**saved.__dict__, "_state": obj._state})
        obj._state.adding = False
        obj._state.db = saved._state.db


@admin.register(ProspectScore)
class ProspectScoreAdmin(BigTableAdmin):
    list_display = ("prospect", "score", "ucc_risk", "coverage", "weights_version", "computed_at", "tenant_id")
    list_filter = ("weights_version", "computed_at")
    list_select_related = ("prospect",)
    search_fields = ("prospect__name", "prospect__name_key", "tenant_id")


@admin.register(LeadScore)
class LeadScoreAdmin(BigTableAdmin):
    list_display = (
        "company",
        "score",
        "tier",
        "fit",
        "intent",
        "coverage",
        "weights_version",
        "computed_at",
        "tenant_id",
    )
    list_filter = ("tier", "weights_version", "computed_at")
    list_select_related = ("company",)
    search_fields = ("company__key", "company__name", "tenant_id")


@admin.register(HealthScore)
class HealthScoreAdmin(BigTableAdmin):
    list_display = ("company", "score", "grade", "sentiment", "coverage", "weights_version", "computed_at", "tenant_id")
    list_filter = ("grade", "weights_version", "computed_at")
    list_select_related = ("company",)
    search_fields = ("company__key", "company__name", "tenant_id")


@admin.register(HealthAlert)
class HealthAlertAdmin(BigTableAdmin):
    list_display = ("company", "reason", "health_score", "created_at", "tenant_id")
    list_filter = ("created_at",)
    list_select_related = ("company", "health_score")
    search_fields = ("company__key", "company__name", "reason", "tenant_id")


@admin.register(Match)
class MatchAdmin(BigTableAdmin):
    """To look at: a decision is made on the review page, which says what it means."""

    list_display = ("prospect", "company", "similarity", "status", "decided_by", "decided_at", "tenant_id")
    list_filter = ("status", "decided_at")
    list_select_related = ("prospect", "company", "decided_by")
    search_fields = ("prospect__name", "company__key", "company__name", "tenant_id")
