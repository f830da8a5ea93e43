"""Fair shares: a slow endpoint holds few slots, and busy tenants wait for quiet ones."""

import pytest
from django.utils import timezone

from jobs.ledger import fair
from jobs.ledger.ready import permit
from jobs.models import Job, Start
from jobs.policy import FairShare, policy_of

from .conftest import NewEndpoint

SHARE = FairShare(per_related=2, per_tenant=3)


def waiting(number: int, *, related: str | None, tenant: str, priority: int = 0) -> None:
    first = Job.objects.count()
    Job.objects.bulk_create(
        Job(
            public_id=f"{tenant}-{related}-{first + n}",
            type="webhook",
            queue="webhooks",
            status="waiting",
            related_id=related,
            tenant_id=tenant,
            priority=priority,
            max_attempts=3,
            timeout_ms=1000,
        )
        for n in range(number)
    )


def granted(limit: int = 50) -> list[str]:
    rows = fair.candidates(policy_of("webhooks"), SHARE, limit)
    return [row[2].split(" ")[1].rpartition("-")[0] for row in rows]


@pytest.mark.django_db
def test_an_endpoint_with_a_backlog_gets_two_slots_and_its_tenant_three() -> None:
    waiting(50, related="slow", tenant="acme")
    waiting(50, related="other", tenant="acme")
    waiting(1, related="theirs", tenant="globex")

    assert sorted(granted()) == ["acme-other", "acme-slow", "acme-slow", "globex-theirs"]


@pytest.mark.django_db
def test_running_deliveries_count() -> None:
    waiting(5, related="slow", tenant="acme")
    running = list(Job.objects.order_by("id").values_list("pk", flat=True)[:2])
    Job.objects.filter(pk__in=running).update(status="active", lease_until=timezone.now(), worker="w")
    waiting(1, related="other", tenant="acme")

    assert granted() == ["acme-other"]


@pytest.mark.django_db
def test_jobs_without_an_endpoint_are_bound_by_the_queue_alone() -> None:
    waiting(15, related=None, tenant="acme")

    assert len(granted()) == 15


@pytest.mark.django_db
def test_the_tenant_that_started_less_comes_first_and_priority_before_that() -> None:
    waiting(2, related="a", tenant="acme")
    waiting(2, related="b", tenant="globex")
    waiting(1, related="c", tenant="acme", priority=100)
    now = timezone.now()
    Start.objects.bulk_create(Start(queue="webhooks", tenant_id="acme", started_at=now) for _ in range(5))

    assert granted() == ["acme-c", "globex-b", "globex-b", "acme-a", "acme-a"]


@pytest.mark.django_db
def test_the_gate_hands_out_what_the_shares_allow(subscribe: NewEndpoint) -> None:
    waiting(10, related="slow", tenant="acme")
    waiting(1, related="theirs", tenant="globex")

    permits = permit(policy_of("webhooks"), window=100)

    assert len(permits.granted) == 3
    assert Job.objects.filter(permitted_at__isnull=False).count() == 3
