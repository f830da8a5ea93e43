"""The job type `data-enrichment`, against sources of the tests' own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import actions
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_again, run_job
from prospects.enrichment.subjects import Kind, Subject
from prospects.facts import FactValue
from prospects.models import Fact, Filing, Lien, Lookup, Party, Prospect

from .conftest import NewEnricher, failing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_other_sources")]

NewProspects = Callable[..., list[Prospect]]


def ids(rows: list[Prospect]) -> list[str]:
    return [str(row.public_id) for row in rows]


def run(prospect_ids: list[str], **fields: Any) -> Job:
    job = run_job("data-enrichment", {"prospectIds": prospect_ids, "tenantId": "acme", **fields})
    assert job.status == "completed", job.error
    return job


def counts(job: Job) -> tuple[int, int, int]:
    return job.result["successful"], job.result["failed"], job.result["skipped"]


def test_fifty_are_enriched_then_skipped_and_enriched_again_when_forced(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    osha = new_enricher("osha")
    given = ids(new_prospects(50))

    first, again, forced = run(given), run(given), run(given, force=True)

    assert [counts(job) for job in (first, again, forced)] == [(50, 0, 0), (0, 0, 50), (50, 0, 0)]
    assert len(osha.asked) == 100
    assert Fact.objects.filter(provider="osha").count() == 50


def test_an_unknown_prospect_fails_by_itself(new_prospects: NewProspects, redis_clean: Any) -> None:
    mine, theirs = new_prospects(1), new_prospects(1, tenant_id="globex")
    unknown = ["00000000-0000-0000-0000-000000000000", "uuid-1", *ids(theirs)]

    job = run([*ids(mine), *unknown])

    assert counts(job) == (1, 3, 0)
    assert [error["prospectId"] for error in job.result["errors"]] == unknown
    assert job.result["errors"][0]["message"] == "There is no such prospect."


def test_offline_growth_and_health_come_from_the_filings(new_prospects: NewProspects, redis_clean: Any) -> None:
    [prospect] = new_prospects(1)
    today = timezone.now().date()
    file(prospect, "1", today - timedelta(days=30), lapses_on=today + timedelta(days=90))
    file(prospect, "2", today - timedelta(days=60), status="terminated")
    file(prospect, "3", today - timedelta(days=500))

    assert counts(run(ids([prospect]))) == (1, 0, 0)

    told = {fact.name: (fact.value, fact.provider, fact.source) for fact in Fact.objects.all()}
    recent = (today - timedelta(days=30)).isoformat()
    growth = {"filings12Months": 2, "filingsBefore": 1, "momentum": 1.0, "lastFiledOn": recent}
    health = {
        "activeLiens": 2,
        "lapsedLiens": 0,
        "terminatedLiens": 1,
        "lapsingSoon": 1,
        "securedParties": ["Bank of 1", "Bank of 3"],
    }
    assert told == {"growth": (growth, "ucc", "file"), "health": (health, "ucc", "file")}


def test_one_failing_source_is_recorded_and_does_not_fail_the_prospect(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    new_enricher("osha", error=failing("the day's quota is used up", retry_after=9000))
    new_enricher("wikidata", value=40)
    new_enricher("census", problem="Census needs a key; set CENSUS_API_KEY.")

    job = run(ids(new_prospects(1)))

    assert counts(job) == (1, 0, 0)
    assert set(Lookup.objects.values_list("provider", "outcome", "message", "job_id")) == {
        ("ucc", "found", "", job.public_id),
        ("osha", "failed", "the day's quota is used up", job.public_id),
        ("wikidata", "found", "", job.public_id),
        ("census", "skipped", "Census needs a key; set CENSUS_API_KEY.", job.public_id),
    }


def test_where_every_source_fails_the_prospect_fails_and_stays_stale(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    good, bad = new_prospects(2)

    def says(subject: Subject) -> list[FactValue]:
        if subject.pk == bad.pk:
            raise failing("it is down")
        return []

    new_enricher("osha", says=says)

    job = run(ids([good, bad]))

    assert counts(job) == (1, 1, 0)
    assert job.result["errors"] == [{"prospectId": str(bad.public_id), "message": "osha: it is down"}]
    bad.refresh_from_db()
    assert bad.enriched_at is None


def test_told_again_a_fact_takes_the_new_value_and_what_is_no_longer_told_goes(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    tellings: Any = iter([{"employees": 40, "industry": "Mills"}, {"employees": 45}])
    new_enricher(
        "wikidata", says=lambda subject: [FactValue(name=name, value=value) for name, value in next(tellings).items()]
    )
    given = ids(new_prospects(1))

    run(given)
    run(given, force=True)

    assert list(Fact.objects.filter(provider="wikidata").values_list("name", "value")) == [("employees", 45)]


def test_a_failed_look_up_leaves_the_facts_of_the_last_one(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    errors: list[Exception] = []

    def says(subject: Subject) -> list[FactValue]:
        for error in errors:
            raise error
        return [FactValue(name="employees", value=40)]

    new_enricher("wikidata", says=says)
    given = ids(new_prospects(1))
    run(given)
    errors.append(failing())

    run(given, force=True)

    assert Fact.objects.get(provider="wikidata").value == 40


def test_a_run_that_died_goes_on_where_it_was(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    rows = new_prospects(6)
    broken = [rows[3].pk]

    def says(subject: Subject) -> list[FactValue]:
        if subject.pk in broken:
            raise RuntimeError("the power went out")
        return []

    osha = new_enricher("osha", says=says)
    job = run_job("data-enrichment", {"prospectIds": ids(rows), "tenantId": "acme", "force": True})
    stored = set(Prospect.objects.filter(enriched_at__isnull=False).values_list("pk", flat=True))
    assert (job.status, stored < {row.pk for row in rows}) == ("delayed", True)
    broken.clear()
    osha.asked.clear()

    again = run_again(job)

    assert (again.status, counts(again)) == ("completed", (6, 0, 0))
    assert set(osha.asked) == {row.pk for row in rows} - stored


@pytest.mark.parametrize("number", [0, 101])
def test_a_job_takes_one_to_a_hundred_prospects(number: int) -> None:
    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="data-enrichment", data={"prospectIds": [str(index) for index in range(number)]})

    assert list(error.value.fields) == ["prospectIds"]


def test_an_id_given_twice_counts_once(new_prospects: NewProspects, redis_clean: Any) -> None:
    [one] = ids(new_prospects(1))

    assert counts(run([one, one])) == (1, 0, 0)


def test_sources_of_people_are_not_asked_about_prospects(
    new_prospects: NewProspects, new_enricher: NewEnricher, redis_clean: Any
) -> None:
    people = new_enricher("people-data-labs", kinds=(Kind.CONTACT,))

    run(ids(new_prospects(1)))

    assert people.asked == []


def file(prospect: Prospect, number: str, filed_on: Any, *, status: str = "active", lapses_on: Any = None) -> None:
    own: dict[str, Any] = {"tenant_id": "acme", "source": "file"}
    lien = Lien.objects.create(**own, state="NY", file_number=number, status=status, lapses_on=lapses_on)
    filing = Filing.objects.create(**own, lien=lien, file_number=number, action="initial", filed_on=filed_on)
    party: dict[str, Any] = {**own, "filing": filing, "state": "NY", "kind": "organisation"}
    Party.objects.create(**party, role="debtor", name=prospect.name, name_key=prospect.name_key)
    Party.objects.create(**party, role="secured", name=f"Bank of {number}", name_key=f"BANK OF {number}")
