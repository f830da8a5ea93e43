"""Every six hours: stale prospects as jobs of fifty."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation
from jobs.models import Job
from jobs.schedules import firing, registration
from jobs.schedules.models import Schedule
from prospects.enrichment.freshness import stale_batches
from prospects.models import Prospect

pytestmark = pytest.mark.django_db

NewProspects = Callable[..., list[Prospect]]
NOW = timezone.now()


@pytest.fixture(autouse=True)
def acme() -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme")


def sizes() -> list[int]:
    return [len(ids) for _, ids in stale_batches(NOW)]


def test_620_stale_prospects_are_ten_jobs_of_fifty(new_prospects: NewProspects) -> None:
    new_prospects(620)

    assert sizes() == [50] * 10


def test_120_stale_prospects_are_three_jobs(new_prospects: NewProspects) -> None:
    new_prospects(120)

    assert sizes() == [50, 50, 20]


def test_what_was_enriched_in_the_last_seven_days_is_left_out(new_prospects: NewProspects) -> None:
    new_prospects(3, enriched_at=NOW - timedelta(days=6), state="CA")
    old = new_prospects(2, enriched_at=NOW - timedelta(days=8), state="TX")

    assert [ids for _, ids in stale_batches(NOW)] == [[str(row.public_id) for row in old]]


def test_none_stale_is_no_job() -> None:
    assert sizes() == []


def test_never_enriched_ones_come_first_then_the_oldest(new_prospects: NewProspects) -> None:
    old = new_prospects(1, enriched_at=NOW - timedelta(days=8), state="CA")
    older = new_prospects(1, enriched_at=NOW - timedelta(days=9), state="TX")
    never = new_prospects(1, state="NY")

    assert [ids for _, ids in stale_batches(NOW)] == [[str(row.public_id) for row in [*never, *older, *old]]]


def test_organisations_take_turns_and_share_no_job(new_prospects: NewProspects) -> None:
    Organisation.objects.create(slug="globex", name="Globex")
    new_prospects(600)
    new_prospects(60, tenant_id="globex")
    new_prospects(5, tenant_id="")

    found = list(stale_batches(NOW))

    assert [(tenant, len(ids)) for tenant, ids in found[:5]] == [
        ("", 5), ("acme", 50), ("globex", 50), ("acme", 50), ("globex", 10)
    ]  # fmt: skip
    assert sum(len(ids) for _, ids in found) == 500


def test_at_six_the_jobs_are_there_and_a_second_look_adds_none(new_prospects: NewProspects, redis_clean: Any) -> None:
    new_prospects(60)
    Schedule.objects.all().delete()
    registration.sync(now=datetime(2026, 1, 31, 5, 0, tzinfo=UTC))

    for minute in (0, 1):
        firing.fire_due(now=datetime(2026, 1, 31, 6, minute, tzinfo=UTC))

    jobs = Job.objects.filter(type="data-enrichment").order_by("public_id")
    assert [(job.public_id, len(job.data["prospectIds"]), job.tenant_id) for job in jobs] == [
        ("data-enrichment-1-2026-01-31T0600Z", 50, "acme"),
        ("data-enrichment-2-2026-01-31T0600Z", 10, "acme"),
    ]
