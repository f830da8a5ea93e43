"""Passwords, changed and forgotten."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry
from accounts.pages import limits

from .browsing import PASSWORD, try_password

pytestmark = pytest.mark.django_db


def test_a_changed_password_counts_at_once_and_keeps_this_browser_signed_in(ana, browser):
    other = Client()
    other.force_login(ana)

    answer = browser.post(
        "/settings/password/",
        {"old_password": PASSWORD, "new_password1": "another horse 43", "new_password2": "another horse 43"},
    )

    assert answer.status_code == 302
    assert browser.get("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302, "other sessions end"
    assert AuditEntry.objects.get(action="user.password").target_id == ana.public_id


def test_a_forgotten_password_is_reset_by_mail(ana, sent_mail):
    answer = Client().post("/password/forgotten/", {"email": "ANA@example.com"})

    link = re.search(r"http://testserver(\S+)", sent_mail()[0].body)
    client = Client()
    form = client.get(link[1], follow=True)
    done = client.post(
        form.redirect_chain[-1][0], {"new_password1": "another horse 43", "new_password2": "another horse 43"}
    )
    assert answer["Location"] == "/password/forgotten/sent"
    assert done.status_code == 302
    assert try_password("another horse 43").status_code == 302
    assert AuditEntry.objects.filter(action="user.password-reset").count() == 1
    assert "does not work any more" in Client().get(link[1], follow=True).content.decode(), "a link works once"


def test_an_unknown_address_gets_the_same_answer_and_no_mail(ana, sent_mail):
    answer = Client().post("/password/forgotten/", {"email": "nobody@example.com"})

    assert answer["Location"] == "/password/forgotten/sent"
    assert sent_mail() == []


def test_nobody_is_flooded_with_mails(ana, sent_mail):
    answers = [Client().post("/password/forgotten/", {"email": "ana@example.com"}) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert len(sent_mail()) == limits.MAIL_ACCOUNT.most


@pytest.fixture
def sent_mail():
    """The mails once all threads that send them are through."""
    import threading

    def wait():
        for thread in threading.enumerate():
            if thread.name == "password-mail":
                thread.join(10)
        return mail.outbox

    return wait
