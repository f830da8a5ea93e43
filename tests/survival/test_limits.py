"""Limits, caps, pauses and priorities hold however many worker processes serve a queue."""

import time
from datetime import timedelta

from accounts.callers import system_caller
from jobs import queues
from jobs.models import Attempt, Job

from .conftest import Measure, NewPolicy
from .ledger import assert_all_well, await_active, await_ended, effects, job, number, submit
from .processes import WorkerProcess, eventually
from .world import World


def most_at_once(ids: list[str]) -> int:
    """How many of these jobs' runs overlapped at most, by PostgreSQL's clock."""
    changes = []
    for attempt in Attempt.objects.filter(job__public_id__in=ids):
        changes += [(attempt.started_at, 1), (attempt.finished_at, -1)]
    running = most = 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


def most_starts_in(ids: list[str], window: timedelta) -> int:
    """The most of these jobs' starts in any rolling window, closed at its beginning and open at its end."""
    found = Attempt.objects.filter(job__public_id__in=ids).order_by("started_at")
    starts = list(found.values_list("started_at", flat=True))
    return max(sum(1 for other in starts if first <= other < first + window) for first in starts)


def test_a_window_limit_holds_over_two_worker_processes(world: World, policies: NewPolicy, measured: Measure) -> None:
    window = timedelta(seconds=4)
    policies(RESEARCH_RATE_LIMIT="10/4000", RESEARCH_WORKER_CONCURRENCY="10")
    workers = [WorkerProcess(world, "research", "signals") for _ in range(2)]
    at = time.monotonic()
    ids = effects(25, queue="research")
    unlimited = effects(200, queue="signals")

    # A limited queue takes no slots from the others, and what it holds back waits at no one's cost.
    await_ended(unlimited, seconds=20)
    held = Job.objects.filter(public_id__in=ids, status="rate-limited")
    eventually(lambda: held.count() >= 5, seconds=5)
    for row in held:
        assert row.attempts_made == 0
        assert row.run_at is not None
    await_ended(ids)
    measured(starts_in_any_window=most_starts_in(ids, window), all_ended_after=time.monotonic() - at)

    assert most_starts_in(ids, window) <= 10
    assert_all_well([*ids, *unlimited])
    order = Attempt.objects.filter(job__public_id__in=ids).order_by("started_at", "job_id")
    waves = [attempt.job.public_id for attempt in order]
    assert set(waves[:10]) == set(ids[:10])
    assert all(worker.alive for worker in workers)


def test_retries_count_as_starts(world: World, policies: NewPolicy) -> None:
    policies(RESEARCH_RATE_LIMIT="5/2000", DEFAULT_BACKOFF="100")
    WorkerProcess(world, "research")
    ids = [submit("diag-fail", {"times": 1}, queue="research", attempts=3) for _ in range(5)]

    await_ended(ids)
    assert Attempt.objects.count() == 10
    assert most_starts_in(ids, timedelta(seconds=2)) <= 5
    assert {(job(one).status, job(one).attempts_made) for one in ids} == {("completed", 2)}


def test_a_cap_limits_the_sum_of_two_workers(world: World, policies: NewPolicy) -> None:
    policies(RESEARCH_RATE_LIMIT="none", RESEARCH_WORKER_CONCURRENCY="2")
    workers = [WorkerProcess(world, "research") for _ in range(2)]
    ids = effects(12, ms=400, queue="research")
    await_ended(ids)
    assert most_at_once(ids) == 4
    assert_all_well(ids)
    for worker in workers:
        worker.destroy()

    policies(RESEARCH_MAX_CONCURRENCY="2")
    for _ in range(2):
        WorkerProcess(world, "research")
    capped = effects(12, ms=400, queue="research")
    await_ended(capped)
    assert most_at_once(capped) == 2
    assert_all_well(capped)


def test_a_killed_worker_gives_its_share_of_the_cap_back(world: World, policies: NewPolicy) -> None:
    policies(RESEARCH_RATE_LIMIT="none", RESEARCH_WORKER_CONCURRENCY="2", RESEARCH_MAX_CONCURRENCY="2")
    doomed = WorkerProcess(world, "research")
    ids = effects(6, ms=1500, queue="research")
    await_active(ids[:2])
    doomed.kill_tree()
    WorkerProcess(world, "research")

    await_ended(ids)
    assert_all_well(ids)


def test_a_paused_queue_starts_nothing_lets_running_jobs_end_and_survives_restarts(world: World) -> None:
    worker = WorkerProcess(world, "scoring", "signals", SCORING_WORKER_CONCURRENCY="1")
    running = effects(1, ms=1500, queue="scoring")
    behind = effects(3, queue="scoring")
    await_active(running)

    assert queues.pause(queue="scoring", by=system_caller())
    late = effects(3, queue="scoring")
    other = effects(5, queue="signals")
    await_ended([*running, *other])
    assert number([*behind, *late], "waiting") == 6
    worker.terminate()
    worker.exit_status(seconds=10)
    with world.redis() as client:
        client.flushall()
    again = WorkerProcess(world, "scoring", "signals")
    await_ended(effects(5, queue="signals"))
    assert number([*behind, *late], "waiting") == 6

    assert queues.resume(queue="scoring", by=system_caller())
    await_ended([*behind, *late])
    assert_all_well([*running, *behind, *late])
    assert again.alive


def test_jobs_start_by_priority_and_then_in_enqueue_order(world: World, policies: NewPolicy) -> None:
    policies(SCORING_WORKER_CONCURRENCY="1")
    ids = [effects(1, queue="scoring", priority=priority)[0] for priority in (0, 10, 1000, 10)]
    WorkerProcess(world, "scoring")

    await_ended(ids)
    assert started_order() == [ids[2], ids[1], ids[3], ids[0]]


def test_one_worker_serves_the_queue_with_the_better_priority_first(world: World, policies: NewPolicy) -> None:
    policies(SCORING_WORKER_CONCURRENCY="1", RESEARCH_WORKER_CONCURRENCY="1")
    scoring, research = effects(3, queue="scoring"), effects(3, queue="research")
    # A slot for one job at a time: RQ's own bound on the jobs of one worker.
    for _ in range(3):
        worker = WorkerProcessOnce(world, "scoring", "research")
        worker.exit_status(seconds=20)

    assert_all_well(research)
    assert number(scoring, "waiting") == 3


class WorkerProcessOnce(WorkerProcess):
    """A worker that leaves after one job."""

    def __init__(self, world: World, *queues: str) -> None:
        from .processes import Process

        Process.__init__(self, world, ["manage.py", "rqworker", *queues, "--max-jobs", "1"])


def started_order() -> list[str]:
    return [attempt.job.public_id for attempt in Attempt.objects.order_by("started_at", "job_id")]
