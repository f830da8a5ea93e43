"""Companies, contacts, facts and signals in Django admin."""

from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from prospects.models import BuyingSignal, Company, CompanyFigure, Contact, Fact, Lookup, Signal, SignalCount

pytestmark = pytest.mark.django_db

EDITED = ("company", "companyfigure", "contact", "suppression")
LOOKED_AT = ("fact", "lookup", "signal", "signalcount", "buyingsignal")
NO_FIGURES = {"figures-TOTAL_FORMS": "0", "figures-INITIAL_FORMS": "0"}


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


@pytest.fixture
def company() -> Company:
    """A company of acme with one row of everything that hangs on it."""
    now = timezone.now()
    company = Company.objects.create(tenant_id="acme", key="comp_1", name="Acme Foods")
    mine: dict[str, Any] = {"tenant_id": "acme", "company": company}
    CompanyFigure.objects.create(**mine, name="payment", period_end=now.date(), value=90)
    Contact.objects.create(**mine, key="cont_1", name="Ada Acme", email="ada@example.com")
    Fact.objects.create(**mine, provider="wikidata", name="employees", value=40, source="sample")
    Lookup.objects.create(**mine, provider="wikidata", outcome="found")
    Signal.objects.create(**mine, signal_id="s1", signal_type="Email Open")
    SignalCount.objects.create(**mine, signal_type="Email Open", count=1, first_at=now, last_at=now)
    BuyingSignal.objects.create(
        **mine, kind="funding", title="Acme raised money", confidence=1, occurred_at=now, evidence_key="x"
    )
    return company


@pytest.mark.parametrize("model", [*EDITED, *LOOKED_AT])
def test_every_model_has_a_list_and_a_search(model: str, company: Company, browser: Client) -> None:
    expected = 0 if model == "suppression" else 1

    found, missed = (browser.get(f"/admin/prospects/{model}/", {"q": text}) for text in ("acme", "nowhere"))

    assert (found.context["cl"].result_count, missed.context["cl"].result_count) == (expected, 0)


@pytest.mark.parametrize("model", LOOKED_AT)
def test_what_jobs_write_is_shown_and_not_edited(model: str, company: Company, browser: Client) -> None:
    key = apps.get_model("prospects", model).objects.get().pk

    assert browser.get(f"/admin/prospects/{model}/{key}/change/").status_code == 200
    assert browser.post(f"/admin/prospects/{model}/{key}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"/admin/prospects/{model}/add/").status_code == 403


@pytest.mark.parametrize("model", EDITED)
def test_what_people_write_has_a_form(model: str, browser: Client) -> None:
    answer = browser.get(f"/admin/prospects/{model}/add/")

    assert answer.status_code == 200
    assert answer.context["adminform"].form.fields, "something can be entered"


def test_a_company_made_in_admin_can_be_found_by_name_and_is_audited(browser: Client) -> None:
    data = {"tenant_id": "acme", "key": "comp_2", "name": "The Beta Company", "origin": "given", **NO_FIGURES}

    answer = browser.post("/admin/prospects/company/add/", data)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert Company.objects.get().name_key == "BETA CO"
    assert AuditEntry.objects.get().action == "company.create"


def test_a_figure_belongs_to_the_organisation_of_its_company(company: Company, browser: Client) -> None:
    data = {"company": company.pk, "name": "revenue", "period_end": "2026-01-31", "value": "10", "origin": "given"}

    assert browser.post("/admin/prospects/companyfigure/add/", data).status_code == 302
    assert CompanyFigure.objects.get(name="revenue").tenant_id == "acme"
