"""The viewer's own profile and notifications."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ..models import User
from .viewer import record_of_oneself, viewer


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name",)
        help_texts = {"name": "How pages call you. Empty: the first part of your address."}  # noqa: RUF012


class NotificationsForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("notify_job_failures", "notify_buying_signals", "notify_health_alerts", "notify_reports")
        labels = {  # noqa: RUF012  Django's attribute
            "notify_job_failures": "Failed jobs",
            "notify_buying_signals": "Buying signals",
            "notify_health_alerts": "Health alerts",
            "notify_reports": "Reports",
        }
        help_texts = {  # noqa: RUF012  Django's attribute
            "notify_job_failures": "When a job of yours has failed for good.",
            "notify_buying_signals": "When a company you follow shows one.",
            "notify_health_alerts": "When the health of a company in the portfolio falls far or changes its grade.",
            "notify_reports": "When a report for you is ready.",
        }


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    memberships = viewer(request).memberships.select_related("organisation")
    return _edit(request, ProfileForm, "accounts/profile.html", "accounts:settings", memberships=memberships)


@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    return _edit(request, NotificationsForm, "accounts/notifications.html", "accounts:notifications")


def _edit(
    request: HttpRequest, kind: type[forms.ModelForm[User]], template: str, address: str, **context: Any
) -> HttpResponse:
    # A row of its own: what a form refuses must not show in the navigation.
    form = kind(request.POST or None, instance=User.objects.get(pk=viewer(request).pk))
    if request.method == "POST":
        form = kind(request.POST, instance=form.instance)
        if form.is_valid():
            _save(request, form)
            messages.success(request, "Saved.")
            return redirect(address)
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def _save(request: HttpRequest, form: forms.ModelForm[User]) -> None:
    with transaction.atomic():
        user = form.save()
        if form.changed_data:
            new = {name: form.cleaned_data[name] for name in form.changed_data}
            record_of_oneself(request, user, "user.settings", new=new)
