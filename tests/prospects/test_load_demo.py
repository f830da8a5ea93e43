"""The demonstration set."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Membership, Organisation, User
from jobs import registry
from jobs.demonstration import load_parts
from jobs.models import Event
from jobs.policy import TYPE_POLICIES
from jobs.testing import run_job
from prospects.models import Company, CompanyFigure, Contact, Fact, Prospect, Signal
from tests.providers.ucc.inbox import Inbox

pytestmark = pytest.mark.django_db

SECTOR_TYPES = ("sector-research", "stock-ranking", "stock-analysis", "judge-review", "format-insights")


def load() -> str:
    output = io.StringIO()
    call_command("load_demo", stdout=output)
    return output.getvalue()


def test_the_first_run_makes_users_of_every_role_and_shows_the_password_once(inbox: Inbox) -> None:
    output = load()

    [password] = [line.split()[1] for line in output.splitlines() if line.startswith("password:")]
    admin = User.objects.get(email="admin@example.com")
    assert admin.check_password(password)
    assert f"admin e-mail: {admin.email}" in output
    assert set(Membership.objects.values_list("role", flat=True)) == {"viewer", "member", "tenant-admin"}
    assert Organisation.objects.get().slug == "demo"
    assert """enqueue ucc-ingestion --data '{"state": "NY"}'""" in output


def test_a_second_run_adds_nothing_and_keeps_the_password(inbox: Inbox) -> None:
    load()
    before = (User.objects.count(), Membership.objects.count(), User.objects.get(email="admin@example.com").password)

    output = load()

    after = (User.objects.count(), Membership.objects.count(), User.objects.get(email="admin@example.com").password)
    assert after == before
    assert "exists" in output
    assert "\npassword:" not in output


def test_the_example_file_is_read_and_labelled_sample(inbox: Inbox, ingest: Any) -> None:
    load()

    result = ingest(state="TX")

    assert (result["recordsCreated"], result["recordsRejected"]) == (12, 0)
    assert set(Prospect.objects.values_list("source", flat=True)) == {"sample"}


def test_a_file_that_the_user_changed_is_not_overwritten(inbox: Inbox) -> None:
    load()
    file = inbox.drop("mine", "sample-texas-bulk.json", state="TX")

    load()

    assert file.read_text() == "mine"


def test_companies_contacts_prospects_and_signals_are_there_once_and_labelled_sample(inbox: Inbox) -> None:
    first, second = load(), load()

    assert "signals: 19 new" in first
    assert "signals: 0 new" in second
    assert (Company.objects.count(), Contact.objects.count(), Signal.objects.count()) == (7, 3, 5)
    assert Company.objects.filter(is_portfolio=True, figures__name="revenue").distinct().count() == 3
    assert set(Company.objects.values_list("tenant_id", "origin")) == {("demo", "sample")}
    assert set(CompanyFigure.objects.values_list("origin", flat=True)) == {"sample"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("samples", [True, False])
def test_one_job_of_each_example_completes_without_a_network(
    samples: bool, sample_source: None, inbox: Inbox, settings: Any, redis_clean: Any
) -> None:
    settings.SAMPLE_SOURCES = samples
    load()

    examples = load_parts(tenant_id="demo").examples
    jobs = {name: run_job(name, data) for name, data in examples.items() if name != "ucc-ingestion"}

    assert {name: (job.status, job.error) for name, job in jobs.items()} == dict.fromkeys(jobs, ("completed", None))
    # Shares come from the sample alone, so that there is no sector to research without it.
    types = {kind.name for kind in registry.all_types() if kind.name in TYPE_POLICIES}
    assert types - examples.keys() == (set() if samples else set(SECTOR_TYPES))
    for name, job in jobs.items():
        told = Event.objects.filter(job_id=job.pk, event="progress").values_list("payload__progress", flat=True)
        # Without a subscribed endpoint there is nothing to tell of between start and end.
        assert any(0 < one < 100 for one in told) or name == "webhook", name
    assert jobs["data-enrichment"].result["successful"] == 4
    assert jobs["buying-signals"].result["signalsDetected"] == 2
    assert set(Fact.objects.values_list("source", flat=True)) == ({"sample", "file"})
