"""The job type `contact-enrichment`, with the provider of people played by a local server."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from jobs import actions
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_job
from prospects.enrichment.privacy import suppress
from prospects.models import Contact, Fact, Lookup, Suppression
from tests.providers.servers import FakeSource, Sources

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/v5/person/enrich"
PROFILE = "https://www.linkedin.com/in/ada-kelm"
FOUND: dict[str, Any] = {
    "status": 200,
    "likelihood": 8,
    "data": {
        "job_title": "head of safety",
        "job_company_name": "acme widgets",
        "work_email": "ada@acme.example",
        "skills": ["welding", "audit"],
        "linkedin_url": "linkedin.com/in/ada-kelm",
        "location_name": "albany, new york",
    },
}


@pytest.fixture
def people(source: Sources) -> FakeSource:
    return source("people-data-labs")


def enrich(**fields: Any) -> Job:
    return run_job("contact-enrichment", {"contactId": "c1", "companyId": "k1", "tenantId": "acme", **fields})


def test_a_contact_shows_what_was_told_of_it(people: FakeSource, redis_clean: Any) -> None:
    people.answers(PATH, json=FOUND)

    job = enrich(linkedinUrl=PROFILE, email="ada@example.com")

    assert job.result == {
        "contactId": "c1",
        "updatedFields": ["employer", "jobTitle", "location", "skills"],
        "emailStatus": "unknown",
        "sources": ["email-validation", "people-data-labs"],
    }
    contact = Contact.objects.get()
    assert (contact.tenant_id, contact.company.key, contact.email) == ("acme", "k1", "ada@example.com")
    assert (contact.job_title, contact.employer, contact.skills) == (
        "head of safety",
        "acme widgets",
        ["welding", "audit"],
    )
    assert contact.email_checked_at
    assert contact.enriched_at
    assert set(Fact.objects.filter(provider="people-data-labs").values_list("contact", "source")) == {
        (contact.pk, "live")
    }


def test_without_inputs_sources_are_skipped_and_the_status_is_unknown(people: FakeSource, redis_clean: Any) -> None:
    job = enrich()

    assert (job.status, job.result["emailStatus"], job.result["sources"]) == ("completed", "unknown", [])
    assert people.requests == []
    assert set(Lookup.objects.values_list("outcome", flat=True)) == {"skipped"}


def test_an_address_that_is_thrown_away_is_said_to_be(redis_clean: Any) -> None:
    job = enrich(email="ada@mailinator.com")

    assert (job.result["emailStatus"], job.result["sources"]) == ("unknown", ["email-validation"])
    assert "gives out addresses to be thrown away" in Contact.objects.get().email_reason


def test_another_address_is_another_question(redis_clean: Any) -> None:
    enrich(email="ada@mailinator.com")

    enrich(email="ada@example.com")

    contact = Contact.objects.get()
    assert (contact.email, "thrown away" in contact.email_reason) == ("ada@example.com", False)


def test_a_provider_that_fails_takes_nothing_from_the_other(people: FakeSource, redis_clean: Any) -> None:
    people.answers(PATH, status=503)

    job = enrich(linkedinUrl=PROFILE, email="ada@example.com")

    assert (job.status, job.result["sources"]) == ("completed", ["email-validation"])
    assert Lookup.objects.get(provider="people-data-labs").outcome == "failed"


def test_where_every_source_fails_the_job_waits_and_is_tried_again(people: FakeSource, redis_clean: Any) -> None:
    people.answers(PATH, status=503)

    job = enrich(linkedinUrl=PROFILE)

    assert (job.status, job.error_type) == ("delayed", "NETWORK_ERROR")
    assert "people-data-labs" in (job.error_message or "")


@pytest.mark.parametrize("value", ["ada@example.com", "ada-kelm"])
def test_whoever_is_suppressed_is_not_looked_up_nor_stored(value: str, people: FakeSource, redis_clean: Any) -> None:
    suppress(tenant_id="acme", value=value)

    job = enrich(linkedinUrl=PROFILE, email="Ada@Example.com")

    assert (job.status, job.result["updatedFields"], job.result["sources"]) == ("completed", [], [])
    assert (people.requests, Contact.objects.get().email, Fact.objects.count()) == ([], "", 0)


def test_suppressing_erases_what_is_known_and_deleting_does_too(people: FakeSource, redis_clean: Any) -> None:
    people.answers(PATH, json=FOUND)
    enrich(linkedinUrl=PROFILE, email="ada@example.com")
    enrich(contactId="c2", email="bob@example.com")

    assert suppress(tenant_id="globex", value="ada@example.com") == 0
    assert suppress(tenant_id="acme", value="ADA@example.com") == 1

    ada, bob = Contact.objects.get(key="c1"), Contact.objects.get(key="c2")
    assert (ada.email, ada.job_title, ada.linkedin_slug, ada.skills, ada.enriched_at) == ("", "", "", [], None)
    assert set(Fact.objects.values_list("contact", flat=True)) == {bob.pk}
    bob.delete()
    assert (Fact.objects.count(), Lookup.objects.count()) == (0, 0)


def test_an_administrator_suppresses_and_erases_with_one_click(client: Client, redis_clean: Any) -> None:
    enrich(email="ada@example.com")
    client.force_login(User.objects.create_superuser("root@example.com"))

    answer = client.post("/admin/prospects/suppression/add/", {"tenant_id": "acme", "value": " Ada@Example.com "})

    assert answer.status_code == 302
    assert (Suppression.objects.get().value, Contact.objects.get().email) == ("ada@example.com", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("companyId", None),
        ("contactId", None),
        ("email", "x"),
        ("linkedinUrl", "https://example.com/in/ada-kelm"),
        ("linkedinUrl", "https://evil-linkedin.com/in/ada-kelm"),
        ("linkedinUrl", "http://www.linkedin.com/in/ada-kelm"),
        ("linkedinUrl", "https://www.linkedin.com/company/acme"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    data = {"contactId": "c1", "companyId": "k1", field: value}

    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="contact-enrichment", data={name: value for name, value in data.items() if value})

    assert list(error.value.fields) == [field]
