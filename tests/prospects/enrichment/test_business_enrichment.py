"""The job type `business-enrichment`, with its sources played by local servers."""

from typing import Any

import pytest

from jobs import actions, library
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_job
from prospects.models import Company, Fact
from tests.providers.servers import FakeSource, Sources

pytestmark = pytest.mark.django_db(transaction=True)

PROFILE = {
    "company_name": "ACME WIDGETS LIMITED",
    "company_number": "SC123456",
    "company_status": "active",
    "type": "ltd",
    "date_of_creation": "1999-05-18",
    "sic_codes": ["62012"],
    "has_charges": True,
}
SEARCH = "/v1/places:searchText"


@pytest.fixture
def register(source: Sources) -> FakeSource:
    return source("companies-house")


@pytest.fixture
def places(source: Sources) -> FakeSource:
    return source("google-places")


def enrich(**fields: Any) -> Job:
    data = {"businessId": "b1", "businessName": "Acme Widgets Ltd", "tenantId": "acme"}
    return run_job("business-enrichment", data | fields)


def hits(*names: str, status: str = "active") -> dict[str, Any]:
    items = [{"company_number": "SC123456", "title": name, "company_status": status} for name in names]
    return {"items": items, "total_results": len(items)}


def test_both_sources_are_merged_and_the_company_is_made(
    register: FakeSource, places: FakeSource, redis_clean: Any
) -> None:
    register.answers("/search/companies", json=hits("ACME WIDGETS LIMITED", "ACME WIDGETS (UK) LIMITED"))
    register.answers("/company/SC123456", json=PROFILE)
    places.answers(SEARCH, json={"places": [{"id": "p1", "displayName": {"text": "Acme Widgets"}}]})

    job = enrich()

    assert job.result["businessId"] == "b1"
    told = job.result["sources"]
    assert told["google-places"] == {"status": "ok", "fields": ["placeId"]}
    assert told["companies-house"]["status"] == "ok"
    assert {"registeredName", "registrationNumber", "status", "foundedOn", "hasCharges"} <= set(
        told["companies-house"]["fields"]
    )
    company = Company.objects.get()
    assert (company.key, company.name, company.registration_number) == ("b1", "Acme Widgets Ltd", "SC123456")
    assert company.founded_on.isoformat() == "1999-05-18"
    assert set(Fact.objects.values_list("company", "source")) == {(company.pk, "live")}


def test_one_failing_source_is_reported_and_takes_nothing_from_the_other(
    register: FakeSource, places: FakeSource, redis_clean: Any
) -> None:
    register.answers("/search/companies", status=429, headers={"Retry-After": "3600"})
    places.answers(SEARCH, json={"places": [{"id": "p1", "displayName": {"text": "Acme Widgets"}}]})

    job = enrich()

    told = job.result["sources"]
    assert (job.status, told["companies-house"]["status"], told["google-places"]["status"]) == (
        "completed",
        "failed",
        "ok",
    )
    assert told["companies-house"]["message"]


def test_the_job_fails_where_every_source_does(register: FakeSource, places: FakeSource, redis_clean: Any) -> None:
    register.answers("/search/companies", status=401)
    places.answers(SEARCH, status=403)

    job = enrich()

    assert (job.status, job.error_type) == ("failed", "API_ERROR")
    assert "companies-house" in (job.error_message or "")
    assert not Fact.objects.exists()


def test_a_failure_that_passes_is_waited_for_as_long_as_the_source_asks(register: FakeSource, redis_clean: Any) -> None:
    register.answers("/search/companies", status=429, headers={"Retry-After": "120"})

    job = enrich(sources=["companies-house"])

    assert (job.status, job.error_type) == ("delayed", "RATE_LIMIT")
    assert 110 < (job.run_at - job.created_at).total_seconds() < 130


def test_several_companies_of_the_name_are_nobody_s_facts(register: FakeSource, redis_clean: Any) -> None:
    register.answers("/search/companies", json=hits("ACME WIDGETS LTD", "Acme Widgets Limited"))

    job = enrich(sources=["companies-house"])

    assert job.result["sources"] == {"companies-house": {"status": "ok", "fields": []}}


def test_without_sources_switched_on_it_completes_and_says_how_to_switch_them_on(redis_clean: Any) -> None:
    job = enrich()

    told = job.result["sources"]["companies-house"]
    assert (job.status, told["status"], told["fields"]) == ("completed", "skipped", [])
    assert "QUARRY_LIVE_SOURCES" in told["message"]


def test_what_somebody_entered_stays(register: FakeSource, redis_clean: Any) -> None:
    Company.objects.create(
        tenant_id="acme", key="b1", name="Acme", registration_number="SC123456", founded_on="2001-01-01"
    )
    register.answers("/company/SC123456", json=PROFILE)

    enrich(sources=["companies-house"])

    company = Company.objects.get()
    assert (company.name, company.founded_on.isoformat()) == ("Acme", "2001-01-01")


def test_the_sample_answers_about_samples_alone(settings: Any, redis_clean: Any) -> None:
    settings.SAMPLE_SOURCES = True
    Company.objects.create(tenant_id="acme", key="b1", name="Acme", origin="sample")

    sample, real = enrich(), enrich(businessId="b2", businessName="Siemens")

    assert {one["status"] for one in sample.result["sources"].values()} == {"ok"}
    assert {one["status"] for one in real.result["sources"].values()} == {"skipped"}
    assert set(Fact.objects.values_list("company__key", "source")) == {("b1", "sample")}


def test_three_businesses_are_three_jobs(redis_clean: Any) -> None:
    companies = [{"businessId": str(number), "businessName": f"Firm {number}"} for number in range(3)]

    handles = library.add_batch_enrichment_jobs(companies)

    assert [handle.data["sources"] for handle in handles] == [["companies-house", "google-places"]] * 3


@pytest.mark.parametrize(
    ("field", "value"), [("sources", ["linkedin"]), ("sources", []), ("businessName", ""), ("businessName", " ")]
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="business-enrichment", data={"businessId": "b1", "businessName": "Acme", field: value})

    assert list(error.value.fields) == [field]
