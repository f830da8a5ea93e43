"""Each rule by itself: pure values in, findings out."""

from typing import Any

import pytest

from jobs.alerts import rules
from jobs.alerts.limits import Limits
from jobs.alerts.rules import MIB, RULES, Finding
from jobs.alerts.snapshot import PoisonJob, QueueFacts, RedisFacts, Snapshot, WorkerFacts, save_problems

NOBODY: frozenset[str] = frozenset()
LIMITS = Limits()


def queue(**values: Any) -> Snapshot:
    return Snapshot(queues=(QueueFacts(name="scoring", **values),), redis=RedisFacts(used_bytes=1, limit_bytes=0))


def subjects(found: list[Finding] | None) -> list[str]:
    return [finding.subject for finding in found or []]


@pytest.mark.parametrize(("waiting", "fires"), [(5, False), (6, True)])
def test_a_queue_above_its_threshold_fires(waiting: int, fires: bool) -> None:
    found = rules.queue_depth(queue(waiting=waiting), Limits(queue_depth=5), NOBODY)

    assert [finding.message for finding in found] == (["Queue scoring has 6 waiting jobs"] if fires else [])


def test_a_queues_own_threshold_goes_first() -> None:
    assert not rules.queue_depth(queue(waiting=6), Limits(queue_depth=5, queue_depths={"scoring": 6}), NOBODY)


@pytest.mark.parametrize(("waiting", "stays"), [(5, True), (4, False)])
def test_an_active_alert_stays_until_well_below_the_threshold(waiting: int, stays: bool) -> None:
    found = rules.queue_depth(queue(waiting=waiting), Limits(queue_depth=5), frozenset({"scoring"}))

    assert bool(found) == stays


@pytest.mark.parametrize(
    ("completed", "failed", "fires"), [(18, 2, True), (19, 1, False), (17, 2, False), (0, 19, False), (0, 20, True)]
)
def test_more_than_five_percent_of_at_least_twenty_fires(completed: int, failed: int, fires: bool) -> None:
    found = rules.failure_rate(queue(completed=completed, failed=failed), LIMITS, NOBODY)

    assert bool(found) == fires


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"workers": 0}, True),
        ({"workers": 0, "finished_lately": 3}, True),
        ({"workers": 2}, True),
        ({"workers": 2, "finished_lately": 1}, False),
        ({"workers": 0, "longest_wait_seconds": 599}, False),
        ({"workers": 0, "paused": True}, False),
        ({"workers": 0, "waiting": 0}, False),
    ],
)
def test_a_standstill_fires_after_its_minutes(facts: dict[str, Any], fires: bool) -> None:
    found = rules.no_progress(queue(**{"waiting": 4, "longest_wait_seconds": 600} | facts), LIMITS, NOBODY)

    assert bool(found) == fires
    if fires:
        assert ("no live worker" in found[0].message) == (facts["workers"] == 0)


@pytest.mark.parametrize(
    ("used", "limit", "fires"),
    [(81, 100, True), (80, 100, False), (513, 0, True), (512, 0, False), (600, 1000, False), (1.1, 1, True)],
)
def test_redis_memory_is_measured_by_its_limit_where_it_has_one(used: float, limit: float, fires: bool) -> None:
    redis = RedisFacts(used_bytes=int(used * MIB), limit_bytes=int(limit * MIB))

    assert bool(rules.redis_memory(Snapshot(redis=redis), LIMITS, NOBODY)) == fires


def test_a_redis_that_is_away_is_one_alert_and_its_others_are_left_as_they_are() -> None:
    away = Snapshot(redis=None)

    assert subjects(rules.redis_unreachable(away, LIMITS, NOBODY)) == [""]
    assert rules.redis_memory(away, LIMITS, NOBODY) is None
    assert rules.redis_persistence(away, LIMITS, NOBODY) is None


def test_what_redis_says_of_its_disk_is_repeated() -> None:
    problems = save_problems({"rdb_last_bgsave_status": "err", "aof_last_write_status": "ok"})
    snapshot = Snapshot(redis=RedisFacts(used_bytes=1, limit_bytes=0, save_problems=problems))

    found = rules.redis_persistence(snapshot, LIMITS, NOBODY)

    assert found is not None
    assert "the last snapshot failed" in found[0].message


def test_workers_and_dead_letters_and_poison_jobs_fire_for_each() -> None:
    snapshot = Snapshot(
        queues=(QueueFacts(name="scoring", dead_lately=11), QueueFacts(name="signals", dead_lately=10)),
        workers=(WorkerFacts(name="fat", memory_mb=513), WorkerFacts(name="thin", memory_mb=512)),
        poison=(PoisonJob(public_id="job_1", queue="scoring", losses=2, dead=False),),
    )

    assert subjects(rules.dead_letters(snapshot, LIMITS, NOBODY)) == ["scoring"]
    assert subjects(rules.worker_memory(snapshot, LIMITS, NOBODY)) == ["fat"]
    assert subjects(rules.poison_job(snapshot, LIMITS, NOBODY)) == ["job_1"]


@pytest.mark.parametrize(("silent", "fires"), [(None, False), (60, False), (61, True)])
def test_a_silent_scheduler_fires_where_one_is_expected(silent: float | None, fires: bool) -> None:
    found = rules.scheduler_silent(Snapshot(scheduler_silent_seconds=silent), LIMITS, NOBODY)

    assert bool(found) == fires


def test_a_quiet_snapshot_fires_nothing() -> None:
    quiet = queue(waiting=3, workers=1, completed=100, finished_lately=4)

    assert [rule.name for rule in RULES if rule.check(quiet, LIMITS, NOBODY)] == []
