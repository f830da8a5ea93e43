"""The chosen organisation, the name and the notifications of a user."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


# --- Organisations --------------------------------------------------------------------------------
def test_switching_the_organisation_changes_whose_jobs_one_submits(browser):
    answer = browser.post("/organisation/", {"organisation": "globex", "next": "/settings/"})

    assert answer["Location"] == "/settings/"
    assert "Globex" in re.search(r"<summary>(.*?)</summary>", browser.get("/settings/").content.decode(), re.DOTALL)[1]


def test_an_organisation_of_others_does_not_exist(browser, ana):
    from accounts.models import Organisation

    Organisation.objects.create(slug="initech", name="Initech")

    foreign, missing = (browser.post("/organisation/", {"organisation": slug}) for slug in ("initech", "nothing"))

    assert foreign.status_code == missing.status_code == 404
    assert "organisation" not in browser.session


# --- Settings -------------------------------------------------------------------------------------
def test_a_user_edits_the_name_and_nothing_else(browser, ana):
    browser.post("/settings/", {"name": "Ana B.", "role": "admin", "email": "evil@example.com"})

    ana.refresh_from_db()
    assert (ana.name, ana.role, ana.email) == ("Ana B.", "", "ana@example.com")


def test_a_user_chooses_the_notifications(browser, ana):
    browser.post("/settings/notifications/", {"notify_job_failures": "on"})

    ana.refresh_from_db()
    assert (ana.notify_job_failures, ana.notify_buying_signals, ana.notify_reports) == (True, False, False)


@pytest.mark.parametrize("path", ["/settings/", "/settings/notifications/", "/settings/password/", "/settings/tokens/"])
def test_settings_need_a_signed_in_user(path):
    answer = Client().get(path)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")
