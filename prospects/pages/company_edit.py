"""Editing what people know of a company; the audit trail keeps what each field was."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.methods import GET_AND_POST
from accounts.models import Membership, User

from ..models import Company
from ..names import name_key
from .access import Desk, desk_of, page
from .company import COMPANY, found, record_change


class CompanyForm(forms.ModelForm[Company]):
    founded_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    technologies = forms.CharField(required=False, help_text="Separated by commas.")

    class Meta:
        model = Company
        fields: ClassVar = [
            "name",
            "domain",
            "industry",
            "naics",
            "employees",
            "founded_on",
            "country",
            "region",
            "city",
            "postal_code",
            "technologies",
            "registration_number",
            "cik",
            "ticker",
            "uei",
            "owner",
            "is_portfolio",
        ]

    def __init__(self, *args: Any, desk: Desk, **more: Any) -> None:
        super().__init__(*args, **more)
        members = Membership.objects.filter(organisation__slug=desk.tenant_id).values("user")
        self.fields["owner"].queryset = User.objects.filter(pk__in=members)  # type: ignore[attr-defined]
        self.fields["name"].required = True
        self.initial["technologies"] = ", ".join(self.instance.technologies)

    def clean_technologies(self) -> list[str]:
        words = [word.strip() for word in self.cleaned_data["technologies"].split(",")]
        if any(len(word) > 100 for word in words):
            raise forms.ValidationError("Each technology has at most 100 characters.")
        return list(dict.fromkeys(word for word in words if word))

    def clean_domain(self) -> str:
        return str(self.cleaned_data["domain"]).strip().lower().removeprefix("www.")

    def clean_country(self) -> str:
        word = str(self.cleaned_data["country"]).strip().upper()
        if word and not (len(word) == 2 and word.isascii() and word.isalpha()):
            raise forms.ValidationError("Write the two letters of ISO 3166, such as US.")
        return word


def edit(request: HttpRequest, company_id: str) -> HttpResponse:
    desk = desk_of(request)
    company = found(desk, company_id)
    before = {name: getattr(company, name) for name in CompanyForm.Meta.fields}
    form = CompanyForm(request.POST or None, instance=company, desk=desk)
    if request.method == "POST" and form.is_valid():
        _save(request, desk, form, before)
        return HttpResponseRedirect(reverse("prospects:company", args=[company.pk]))
    context = {"form": form, "company": Company.objects.get(pk=company.pk)}
    return render(request, "prospects/company_edit.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, desk: Desk, form: CompanyForm, before: dict[str, Any]) -> None:
    changes = {
        name: [_plain(before[name]), _plain(form.cleaned_data[name])]
        for name in form.changed_data
        if before[name] != form.cleaned_data[name]
    }
    if not changes:
        return
    with transaction.atomic():
        company = form.save(commit=False)
        company.name_key = name_key(company.name)
        # What jobs write meanwhile, such as scores, stays.
        company.save(update_fields=[*(name for name in changes), "name_key"])
        Company.objects.filter(pk=company.pk).update(updated_at=Now())
        record_change(request, desk, company, changes)
    messages.success(request, "Saved.")


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


urls = [page(f"{COMPANY}/edit", edit, name="company-edit", methods=GET_AND_POST)]
