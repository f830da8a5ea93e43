"""Workflows on real workers that are killed: the order holds, every join is released, every callback comes once."""

from typing import Any

from django.db import connection

from jobs.library import chain, enqueue_batch_then, enqueue_workflow, group, step
from jobs.models import DiagnosticEffect, Job
from jobs.workflows.models import Notice, Workflow

from .ledger import assert_consistent
from .processes import WorkerProcess, eventually
from .world import World

DIAMONDS = 20
MEMBERS = 200

_TOO_EARLY = """
SELECT count(*) FROM jobs_dependency d
JOIN jobs_job w ON w.id = d.job_id JOIN jobs_job p ON p.id = d.depends_on_id
WHERE w.started_at < p.finished_at OR p.status <> 'completed'
"""


def effect(name: str, key: str, ms: int = 0) -> Any:
    return step("diag-effect", {"key": key, "ms": ms}, name=name, queue="scoring")


def diamonds(number: int, *, ms: int = 0) -> None:
    """a → (b, c) → d, many times; each step leaves one effect."""
    for n in range(number):
        both = group(effect("b", f"{n}b", ms), effect("c", f"{n}c", ms))
        enqueue_workflow(chain(effect("a", f"{n}a", ms), both, effect("d", f"{n}d")))


def started_before_a_dependency_ended() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TOO_EARLY)
        return int(cursor.fetchone()[0])


def effects_made() -> tuple[int, int]:
    """All, and those with a key of their own."""
    keys = list(DiagnosticEffect.objects.values_list("key", flat=True))
    return len(keys), len(set(keys))


def await_workflows(number: int) -> None:
    eventually(
        lambda: Workflow.objects.filter(status="completed").count() == number,
        what=f"{number} completed workflows",
    )


def test_two_workers_run_diamonds_in_their_order(world: World) -> None:
    diamonds(DIAMONDS)
    for _ in range(2):
        WorkerProcess(world, "scoring")

    await_workflows(DIAMONDS)

    assert started_before_a_dependency_ended() == 0
    assert effects_made() == (4 * DIAMONDS, 4 * DIAMONDS)
    assert not Notice.objects.exists()
    assert_consistent(list(Job.objects.values_list("public_id", flat=True)))


def test_a_worker_killed_in_the_middle_of_joins_and_a_batch_loses_no_release(world: World) -> None:
    doomed = WorkerProcess(world, "scoring", SCORING_WORKER_CONCURRENCY="8")
    diamonds(DIAMONDS, ms=100)
    batch = enqueue_batch_then(
        "diag-noop", [{}] * MEMBERS, effect("then", "callback"), queue="scoring", name="Killed"
    ).workflow
    eventually(lambda: Job.objects.filter(status="completed").count() > DIAMONDS, what="some joins under way")

    doomed.kill_tree()
    WorkerProcess(world, "scoring", SCORING_WORKER_CONCURRENCY="8")

    await_workflows(DIAMONDS + 1)
    callback = Job.objects.filter(pk=Workflow.objects.get(pk=batch.pk).callback_id)
    eventually(lambda: callback.filter(status="completed").exists(), what="the batch's callback")
    counts = callback.get().data["batch"]
    assert (counts["total"], counts["completed"]) == (MEMBERS, MEMBERS)
    assert started_before_a_dependency_ended() == 0
    assert effects_made() == (4 * DIAMONDS + 1, 4 * DIAMONDS + 1)
    assert not Job.objects.exclude(status="completed").exists()
    assert_consistent(list(Job.objects.values_list("public_id", flat=True)))
