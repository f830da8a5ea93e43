"""Queue and type policies, and the arithmetic on them."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs import policy
from jobs.policy import StartLimit, earliest_starts, exponential, fixed, ready_score

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def test_there_are_sixteen_business_queues_and_one_internal_one() -> None:
    assert len(policy.business_queues()) == 16
    assert [p.name for p in policy.policies().values() if p.internal] == ["default"]


@pytest.mark.parametrize(
    ("queue", "priority", "concurrency", "timeout", "limit"),
    [
        ("research", 1, 2, 180, (10, 60)),
        ("enrichment", 2, 5, 60, (50, 60)),
        ("signals", 2, 5, 60, None),
        ("scoring", 3, 10, 30, None),
        ("reports", 3, 2, 300, (20, 3600)),
        ("ucc-ingestion", 4, 2, 900, (10, 60)),
        ("data-enrichment", 4, 5, 300, (50, 60)),
        ("health-scores", 4, 3, 300, (30, 60)),
        ("ingestion", 3, 3, 300, (100, 60)),
        ("calculation", 3, 2, 300, (100, 60)),
        ("webhooks", 2, 5, 300, (100, 60)),
        ("sector-research", 2, 2, 900, (5, 60)),
        ("stock-ranking", 2, 3, 300, (5, 60)),
        ("stock-analysis", 2, 5, 900, (10, 60)),
        ("judge-review", 1, 10, 300, (20, 60)),
        ("format-insights", 1, 10, 180, (20, 60)),
        ("default", 5, 1, 300, None),
    ],
)
def test_each_queue_has_the_numbers_of_the_policy_table(
    queue: str, priority: int, concurrency: int, timeout: int, limit: tuple[int, int] | None
) -> None:
    rules = policy.policy_of(queue)

    assert (rules.priority, rules.concurrency, rules.timeout_ms) == (priority, concurrency, timeout * 1000)
    found = rules.start_limit and (rules.start_limit.count, rules.start_limit.window_ms // 1000)
    assert found == limit


@pytest.mark.parametrize(
    ("name", "waits"),
    [
        ("ucc-ingestion", [2, 4, 8]),
        ("research", [2, 4]),
        ("contact-enrichment", [5]),
        ("business-enrichment", [2, 4]),
        ("report", [1]),
        ("batch-report", [5, 25]),
        ("signal", [1, 2, 4, 8]),
        ("calculation", [5, 25]),
        ("sector-research", [5]),
        ("judge-review", [5, 10]),
        ("stock-analysis", []),
    ],
)
def test_each_type_waits_as_the_policy_table_says(name: str, waits: list[int]) -> None:
    rules = policy.TYPE_POLICIES[name]

    assert [rules.backoff.wait_ms(n) / 1000 for n in range(rules.attempts - 1)] == waits


@pytest.mark.parametrize(
    ("word", "queue"),
    [
        ("buying-signals", "signals"),
        ("webhook", "webhooks"),
        ("report", "reports"),
        ("calculations", "calculation"),
        ("sector_research", "sector-research"),
        ("nope", None),
    ],
)
def test_queue_aliases_are_understood(word: str, queue: str | None) -> None:
    assert policy.canonical_queue(word) == queue


def test_a_held_back_job_starts_when_the_start_before_it_leaves_the_window() -> None:
    limit = StartLimit(count=2, window_ms=60_000)
    starts = [NOW - timedelta(seconds=50), NOW - timedelta(seconds=20)]

    times = earliest_starts(limit=limit, starts=starts, granted=0, now=NOW, places=range(3))

    assert [(at - NOW).total_seconds() for at in times] == [10, 40, 70]


def test_outstanding_permits_count_as_starts_of_this_moment() -> None:
    limit = StartLimit(count=2, window_ms=60_000)

    times = earliest_starts(limit=limit, starts=[], granted=2, now=NOW, places=[0])

    assert times == [NOW + timedelta(seconds=60)]


def test_priority_orders_before_enqueue_order_and_stays_exact_as_a_double() -> None:
    urgent = ready_score(priority=1000, job_id=2**41)
    first, second = ready_score(priority=0, job_id=7), ready_score(priority=0, job_id=8)
    low = ready_score(priority=-100, job_id=2**42 - 1)

    assert urgent < first < second < low
    assert int(float(low)) == low


def test_jitter_adds_at_most_a_tenth_and_half_a_second() -> None:
    assert policy.jittered_ms(2000, 1.0) == 2200
    assert policy.jittered_ms(60_000, 1.0) == 60_500
    assert policy.jittered_ms(2000, 0.0) == 2000


def test_backoffs_are_fixed_or_exponential() -> None:
    assert fixed(seconds=5).wait_ms(3) == 5000
    assert exponential(seconds=5, factor=5).wait_ms(3) == 625_000
