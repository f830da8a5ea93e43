"""Mails whose texts administrators may edit, sent to users who want them."""

from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.test import Client

from accounts.checks import built_in_mails_can_be_filled
from accounts.mails import MailKind, kinds, mail_kind, send_mail
from accounts.mails.kinds import find_kind
from accounts.models import AuditEntry, MailTemplate, User

pytestmark = pytest.mark.django_db

VALUES = {
    "name": "Ana",
    "company": "Acme <Foods>\r\nBcc: evil@example.com",
    "headline": "a contract",
    "count": "1 buying signal",
    "signals": "first\nsecond & last",
    "link": "",
}


@pytest.fixture
def kind() -> MailKind:
    found = find_kind("buying-signals")
    assert found
    return found


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana@example.com")


@pytest.fixture
def template() -> MailTemplate:
    return MailTemplate.objects.create(name="buying-signals")


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def test_the_built_in_mail_is_sent_with_its_values(kind: MailKind, ana: User, mailoutbox: list[Any]) -> None:
    assert send_mail(kind=kind, to=ana, values=VALUES)

    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["ana@example.com"], "Acme <Foods> Bcc: evil@example.com: a contract")
    assert "first\nsecond & last" in mail.body
    [(html, kind_of_content)] = mail.alternatives
    assert kind_of_content == "text/html"
    assert "<strong>Acme &lt;Foods&gt;" in html
    assert "first<br>\nsecond &amp; last" in html


@pytest.mark.parametrize("switched_off", ["notify_buying_signals", "is_active"])
def test_who_wants_none_or_has_left_gets_none(
    switched_off: str, kind: MailKind, ana: User, mailoutbox: list[Any]
) -> None:
    setattr(ana, switched_off, False)

    assert not send_mail(kind=kind, to=ana, values=VALUES)
    assert mailoutbox == []


def test_every_mail_says_how_to_get_no_more_whatever_its_text(
    kind: MailKind, ana: User, template: MailTemplate, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.PUBLIC_URL = "https://quarry.example.com"
    MailTemplate.objects.update(text="Short.", html="<body>Short.</body>")

    send_mail(kind=kind, to=ana, values=VALUES)

    url = "https://quarry.example.com/settings/notifications"
    [mail] = mailoutbox
    assert f"Switch it off: {url}" in mail.body
    assert mail.alternatives[0][0].endswith(f'<a href="{url}">Switch it off</a>.</p></body>')
    assert mail.extra_headers["List-Unsubscribe"] == f"<{url}>"


def test_an_edited_text_goes_out_and_without_its_html_as_plain_text_alone(
    kind: MailKind, ana: User, template: MailTemplate, mailoutbox: list[Any]
) -> None:
    MailTemplate.objects.update(subject="Call {{ company }}", text="Look: {{signals}}")

    send_mail(kind=kind, to=ana, values={**VALUES, "company": "Acme"})

    [mail] = mailoutbox
    assert mail.subject == "Call Acme"
    assert mail.body.startswith("Look: first\nsecond & last\n\n--\n")
    assert mail.alternatives == []


def test_admin_lists_every_kind_before_anybody_has_changed_it(browser: Client) -> None:
    answer = browser.get("/admin/accounts/mailtemplate/")

    assert answer.status_code == 200
    assert MailTemplate.objects.filter(name="buying-signals", text="").count() == 1
    assert browser.get("/admin/accounts/mailtemplate/add/").status_code == 403


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("subject", "Hello {{ password }}", "{{ password }} is no value of this mail"),
        ("text", "{% include 'x' %}", "there are no tags and filters"),
        ("html", "{{ company.owner.password }}", "cannot be read"),
        ("text", "{{ company|safe }}", "cannot be read"),
    ],
)
def test_a_text_that_cannot_be_filled_is_refused(
    field: str, text: str, problem: str, template: MailTemplate, browser: Client
) -> None:
    answer = browser.post(f"/admin/accounts/mailtemplate/{template.pk}/change/", {field: text})

    assert problem in " ".join(answer.context["adminform"].form.errors[field])
    assert not AuditEntry.objects.exists()


def test_a_change_is_saved_and_audited(template: MailTemplate, browser: Client) -> None:
    answer = browser.post(f"/admin/accounts/mailtemplate/{template.pk}/change/", {"subject": "New: {{ company }}"})

    assert answer.status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.updated_by.email) == ("New: {{ company }}", "root@example.com")
    assert AuditEntry.objects.get().target_id == "buying-signals"


def test_a_preview_shows_example_values_and_saves_nothing(template: MailTemplate, browser: Client) -> None:
    address = f"/admin/accounts/mailtemplate/{template.pk}/preview/"

    shown = browser.post(address, {"subject": "New: {{ company }}", "html": "<b>{{ company }}</b>"})
    refused = browser.post(address, {"subject": "{{ nothing }}"})

    assert "New: Acme Foods" in shown.content.decode()
    assert "&lt;b&gt;Acme Foods&lt;/b&gt;" in shown.content.decode()
    assert (refused.status_code, browser.get(address).status_code) == (422, 405)
    template.refresh_from_db()
    assert template.subject == ""


def test_only_administrators_see_a_preview(template: MailTemplate, client: Client, ana: User) -> None:
    client.force_login(ana)

    assert client.post(f"/admin/accounts/mailtemplate/{template.pk}/preview/", {}).status_code == 302


def test_a_kind_names_a_preference_that_users_have() -> None:
    with pytest.raises(FieldDoesNotExist):
        mail_kind(name="buying-signals", label="x", preference="notify_nothing", samples=VALUES)


def test_a_built_in_mail_that_cannot_be_filled_is_found_by_check() -> None:
    assert built_in_mails_can_be_filled() == []

    short = {name: value for name, value in VALUES.items() if name != "company"}
    lost = MailKind(name="lost", label="x", preference="notify_reports", samples={})
    short_kind = replace(kinds._kinds["buying-signals"], samples=short)
    with patch.dict(kinds._kinds, {"lost": lost, "buying-signals": short_kind}):
        found = [str(problem.msg) for problem in built_in_mails_can_be_filled()]

    assert any("{{ company }} is no value of this mail" in one for one in found)
    assert any("'lost': there is no template mails/lost.subject.txt" in one for one in found)
