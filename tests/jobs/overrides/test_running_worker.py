"""Limits and orders reach a worker process that is running."""

import time
from collections.abc import Callable, Iterator

import pytest

from accounts.callers import Caller
from accounts.models import AuditEntry
from jobs import actions, background
from jobs.actions import Submission, enqueue_many
from jobs.deploys.models import Deploy
from jobs.models import Attempt, Job, Worker
from jobs.overrides import edit
from jobs.submission import Options
from jobs.worker import orders

pytestmark = [
    # They start real workers and say how soon a change must reach them.
    pytest.mark.survival,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("redis_clean", "diagnostic_types"),
]


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch, process_env: dict[str, str]) -> Iterator[Worker]:
    """A worker process with two slots of the queue scoring. It ends without waiting for what it runs."""
    monkeypatch.setenv("QUARRY_DIAGNOSTICS", "1")
    monkeypatch.setenv("QUARRY_VERSION", "v9")
    monkeypatch.setenv("WORKER_SHUTDOWN_TIMEOUT", "1")
    background.start_workers(["scoring"], {"scoring": 2})
    until(Worker.objects.exists, 30)
    yield Worker.objects.get()
    Job.objects.exclude(status="active").delete()
    background.stop_workers()


def until(condition: Callable[[], bool], seconds: float) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, f"not so within {seconds} s"
        time.sleep(0.02)


def sleepers(number: int, ms: int) -> None:
    item = Submission(type="diag-sleep", data={"ms": ms}, options=Options(queue="scoring"))
    enqueue_many([item] * number)


def active() -> int:
    return Job.objects.filter(status="active").count()


def slots() -> int:
    """As the worker itself says."""
    return int(Worker.objects.get().slots["scoring"])


def last_attempt() -> int:
    return Attempt.objects.order_by("-id").values_list("id", flat=True).first() or 0


def cancel_active(by: Caller) -> None:
    """What runs ends, and the slots that are left take the next jobs."""
    mark = last_attempt()
    actions.cancel(jobs=list(Job.objects.filter(status="active")), by=by)
    until(lambda: last_attempt() > mark and not Attempt.objects.filter(id__lte=mark, finished_at=None).exists(), 10)


def peak_since(attempt_id: int) -> int:
    """How many runs that began after an attempt overlapped at most, by PostgreSQL's clock."""
    changes = []
    for row in Attempt.objects.filter(id__gt=attempt_id):
        changes.append((row.started_at, 1))
        if row.finished_at:
            changes.append((row.finished_at, -1))
    running = most = 0
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


def test_a_running_worker_takes_on_more_slots_and_gives_them_up(worker: Worker, ann: Caller) -> None:
    sleepers(20, 60_000)
    until(lambda: active() == 2, 10)

    edit.change(queue="scoring", values={"concurrency": 4}, by=ann)
    until(lambda: active() == 4, 5)
    assert peak_since(0) == 4

    edit.change(queue="scoring", values={"concurrency": 1}, by=ann)
    until(lambda: slots() == 1, 5)
    assert active() == 4  # a limit stops no job that runs
    mark = last_attempt()
    for _ in range(3):
        cancel_active(ann)
    assert Attempt.objects.filter(id__gt=mark).count() == 3
    assert peak_since(mark) == 1
    assert Job.objects.filter(status="failed").count() == 0
    # The first worker of a release said so.
    assert Deploy.objects.get().version == "v9"


def test_a_quiet_worker_takes_no_jobs_and_a_stopped_one_finishes_its_own(worker: Worker, ann: Caller) -> None:
    sleepers(1, 1000)
    until(lambda: active() == 1, 5)

    assert orders.give(worker=worker.name, verb="quiet", by=ann)
    until(lambda: Worker.objects.get().quiet, 5)
    sleepers(4, 10)
    until(lambda: Job.objects.filter(status="completed").count() == 1, 5)
    assert active() == 0
    assert Job.objects.filter(status="waiting").count() == 4
    assert not background.get_worker_status()[3]["isRunning"]

    assert not orders.give(worker=worker.name, verb="quiet", by=ann)
    assert orders.give(worker=worker.name, verb="resume", by=ann)
    until(lambda: Job.objects.filter(status="completed").count() == 5, 5)

    sleepers(1, 500)
    until(lambda: active() == 1, 5)
    assert orders.give(worker=worker.name, verb="stop", by=ann)
    assert not orders.give(worker=worker.name, verb="resume", by=ann)

    until(lambda: not Worker.objects.filter(name=worker.name).exists(), 10)
    assert Job.objects.filter(status="completed").count() == 6
    assert Attempt.objects.count() == 6
    # Its manager has started another in its place.
    until(Worker.objects.exists, 15)
    verbs = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert verbs == ["worker.quiet", "worker.quiet", "worker.resume", "worker.stop", "worker.resume"]


def test_an_unknown_worker_is_no_worker(ann: Caller) -> None:
    with pytest.raises(orders.NoSuchWorker):
        orders.give(worker="nobody", verb="quiet", by=ann)
