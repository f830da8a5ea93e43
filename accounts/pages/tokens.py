"""The viewer's own API tokens: list, issue, revoke."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from .. import tokens
from ..callers import signed_in_caller
from ..models import ApiToken, Organisation, User
from ..roles import DEFAULT_SCOPES, JOBS_READ, JOBS_WRITE, LEAST_ROLE, METRICS_READ, QUEUES_MANAGE, SCOPES, Role
from .viewer import viewer

_EXPLAINED = {
    JOBS_READ: "see jobs, queues and workers",
    JOBS_WRITE: "submit, cancel and retry jobs",
    QUEUES_MANAGE: "pause, resume and clean queues",
    METRICS_READ: "read metrics",
}
_DAYS = {"30": "30 days", "90": "90 days", "365": "1 year", "": "Never"}


class TokenForm(forms.Form):
    name = forms.CharField(max_length=100, help_text="What it is for, such as “nightly import”.")
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), empty_label=None, help_text="Jobs submitted with the token belong to it."
    )
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    expires = forms.ChoiceField(choices=list(_DAYS.items()), initial="90", required=False)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user
        organisations = Organisation.objects.filter(memberships__user=user).order_by("name")
        roles = [tokens.role_in(user, one) for one in organisations]
        best = max(roles, default=Role.VIEWER)
        allowed = [scope for scope in SCOPES if best >= LEAST_ROLE[scope]]
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["organisation"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
        self.fields["scopes"].choices = [(scope, f"{scope} – {_EXPLAINED[scope]}") for scope in allowed]  # type: ignore[attr-defined]
        self.fields["scopes"].initial = sorted(DEFAULT_SCOPES[best] & {JOBS_READ, JOBS_WRITE})

    def clean(self) -> dict[str, Any]:
        """A scope without effect would be a promise that the first request breaks."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        organisation, scopes = values.get("organisation"), values.get("scopes", [])
        if organisation is not None:
            role = tokens.role_in(self._user, organisation)
            for scope in scopes:
                if role < LEAST_ROLE[scope]:
                    need = LEAST_ROLE[scope].value
                    self.add_error("scopes", f"{scope} needs the role {need} in {organisation.name}; yours is {role}.")
        return values

    def issue(self, request: HttpRequest) -> tuple[ApiToken, str]:
        days = self.cleaned_data["expires"]
        return tokens.issue(
            user=self._user,
            organisation=self.cleaned_data["organisation"],
            name=self.cleaned_data["name"],
            scopes=self.cleaned_data["scopes"],
            expires_at=timezone.now() + timedelta(days=int(days)) if days else None,
            by=signed_in_caller(request),
            request_id=getattr(request, "request_id", None),
        )


@never_cache
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The answer to the POST shows the secret: it is kept nowhere, so that no later page could."""
    user = viewer(request)
    if request.method != "POST":
        return _page(request, TokenForm(user))
    form = TokenForm(user, request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    token, secret = form.issue(request)
    return _page(request, TokenForm(user), issued=token, secret=secret, status=201)


@login_required
def revoke(request: HttpRequest, pk: str) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.select_related("organisation", "user"), pk=pk, user=viewer(request))
    won = tokens.revoke(token=token, by=signed_in_caller(request), request_id=getattr(request, "request_id", None))
    messages.success(request, f"{token.name} is revoked." if won else f"{token.name} was revoked before.")
    return redirect("accounts:tokens")


def _page(request: HttpRequest, form: TokenForm, *, status: int = 200, **context: Any) -> HttpResponse:
    rows = ApiToken.objects.filter(user=viewer(request)).select_related("organisation")
    return render(request, "accounts/tokens.html", {"form": form, "tokens": rows, **context}, status=status)
