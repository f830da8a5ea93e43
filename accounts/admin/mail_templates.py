"""Texts of mails, one row per kind; checked when saved, and shown with example values before that."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from ..mails import words
from ..mails.kinds import MailKind, find_kind, mail_kinds
from ..mails.sending import rendered, with_hint
from ..models import MailTemplate, User
from .auditing import AuditedAdmin
from .generic import MailTemplateModelForm


class MailTemplateForm(MailTemplateModelForm):
    class Meta:
        model = MailTemplate
        fields = ("subject", "text", "html")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        kind = find_kind(self.instance.name)
        for field in ("subject", "text", "html"):
            for problem in words.problems(data.get(field, ""), kind.samples if kind else ()):
                self.add_error(field, problem)
        return data


@admin.register(MailTemplate)
class MailTemplateAdmin(AuditedAdmin):
    form = MailTemplateForm
    change_form_template = "accounts/admin/mail_template.html"
    list_display = ("name", "label", "is_changed", "updated_at", "updated_by")
    list_select_related = ("updated_by",)
    search_fields = ("name",)
    fields = ("values", "subject", "text", "html", "built_in")
    readonly_fields = ("values", "built_in")

    def audit_target(self, obj: MailTemplate) -> str:
        return obj.name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        # A kind has its row from the first time that somebody looks for it.
        known = [MailTemplate(name=kind.name) for kind in mail_kinds()]
        MailTemplate.objects.bulk_create(known, ignore_conflicts=True)
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        obj.updated_by = request.user if isinstance(request.user, User) else None
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_POST(self.preview))
        return [path("<int:pk>/preview/", view, name="accounts_mailtemplate_preview"), *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The mail that the form's texts make of the example values. Nothing is saved."""
        stored = get_object_or_404(MailTemplate, pk=pk)
        form, kind = MailTemplateForm(request.POST, instance=stored), find_kind(stored.name)
        context: dict[str, Any] = {**self.admin_site.each_context(request), "title": f"Preview: {stored}", "form": form}
        if kind and form.is_valid():
            context["mail"] = with_hint(rendered(kind.changed_by(form.instance), kind.samples), kind)
        status = 200 if "mail" in context else 422
        return TemplateResponse(request, "accounts/admin/mail_preview.html", context, status=status)

    @admin.display(description="Mail")
    def label(self, obj: MailTemplate) -> str:
        kind = find_kind(obj.name)
        return kind.label if kind else "no longer sent"

    @admin.display(description="Changed", boolean=True)
    def is_changed(self, obj: MailTemplate) -> bool:
        return bool(obj.subject or obj.text or obj.html)

    @admin.display(description="Values")
    def values(self, obj: MailTemplate) -> str:
        kind = find_kind(obj.name)
        rows = kind.samples.items() if kind else ()
        return format_html_join("", "<div><code>{{{{ {} }}}}</code> such as {}</div>", rows)

    @admin.display(description="Built-in texts")
    def built_in(self, obj: MailTemplate) -> str:
        kind = find_kind(obj.name)
        return _shown(kind) if kind else "–"


def _shown(kind: MailKind) -> str:
    texts = kind.built_in
    box = '<pre style="white-space: pre-wrap">{}</pre>'
    return format_html(box * 3, texts.subject, texts.text, texts.html)
