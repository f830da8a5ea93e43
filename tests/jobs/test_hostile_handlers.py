"""Handlers that leave a mess: each ends once, and the jobs after it, in the same slot, know nothing of it."""

import os
import pickle
import queue
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from psycopg_pool import PoolTimeout

from jobs import registry
from jobs.actions import enqueue
from jobs.diagnostics import Noop
from jobs.execution import DirectReporter, execute
from jobs.handle import JobHandle
from jobs.ledger.claim import claim
from jobs.ledger.settle import Settlement, settle
from jobs.models import Job
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.submission import Options
from jobs.worker import settler as settlers
from jobs.worker.settler import Settler
from jobs.worker.tasks import Task
from jobs.worker.threads import ThreadSlots

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

SECONDS = 10


class Bench:
    """A settler and one thread slot, as a worker has them."""

    def __init__(self) -> None:
        self._ended: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._settler = Settler(self._listen, lambda *_: None)
        self._settler.start()
        self._slots = ThreadSlots(self._settler)

    def _listen(self, endings: list[Any]) -> None:
        for one in endings:
            self._ended.put(one)

    def run(self, *types: str, attempts: int = 1) -> list[Job]:
        """One job of each type, one after another; fails where one does not end."""
        keys = []
        for name in types:
            handle: JobHandle = enqueue(type=name, data={}, options=Options(attempts=attempts))
            (claimed,) = claim([handle.key], worker="bench")
            self._slots.start(Task(claimed, self._settler))
            self._ended.get(timeout=SECONDS)
            keys.append(handle.key)
        return [Job.objects.get(pk=key) for key in keys]

    def stop(self) -> None:
        assert self._settler.stop(SECONDS)


@pytest.fixture
def bench() -> Iterator[Bench]:
    one = Bench()
    yield one
    one.stop()


@pytest.fixture
def handler() -> Iterator[Callable[[Callable[[RunningJob], Any]], str]]:
    """Register a handler; answers the name of its type."""
    names: list[str] = []

    def register(work: Callable[[RunningJob], Any]) -> str:
        name = f"hostile-{len(names)}"
        job_type(name, queue="scoring", payload=Noop)(lambda payload, job: work(job))
        names.append(name)
        return name

    yield register
    for name in names:
        registry.unregister(name)


Register = Callable[[Callable[[RunningJob], Any]], str]


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class BadCode(Exception):
    @property
    def code(self) -> str:
        raise RuntimeError("no code")


class BadStatus(Exception):
    @property
    def response(self) -> str:
        raise RuntimeError("no response")


class FarAway(Exception):
    retry_after = 10**400


class Boundless(Exception):
    code = "\x00" + "x" * 5_000_000


@pytest.mark.parametrize("error", [Unspeakable, BadCode, BadStatus, FarAway, Boundless])
def test_an_error_that_cannot_be_asked_is_a_failure_like_any_other(
    bench: Bench, handler: Register, error: type[Exception]
) -> None:
    def work(job: RunningJob) -> None:
        raise error

    failed, after = bench.run(handler(work), "diag-noop")

    assert failed.status == "failed"
    assert failed.error["exception"].endswith(error.__name__)
    assert len(str(failed.error)) < 5000
    assert after.status == "completed"


def test_an_exit_with_half_a_character_is_a_failure_like_any_other(bench: Bench, handler: Register) -> None:
    failed, after = bench.run(handler(lambda job: sys.exit("cannot read \udcff.csv")), "diag-noop")

    assert (failed.status, after.status) == ("failed", "completed")


def test_an_open_transaction_is_not_the_next_jobs(bench: Bench, handler: Register) -> None:
    def leave_open(job: RunningJob) -> None:
        transaction.atomic().__enter__()
        connection.cursor().execute("SELECT 1")

    first, after = bench.run(handler(leave_open), handler(lambda job: Job.objects.count()))

    assert (first.status, after.status, after.error_message) == ("completed", "completed", None)


def test_no_autocommit_is_not_the_next_jobs(bench: Bench, handler: Register) -> None:
    first, after = bench.run(
        handler(lambda job: transaction.set_autocommit(False)), handler(lambda job: transaction.get_autocommit())
    )

    assert (first.status, after.result) == ("completed", True)


@pytest.mark.parametrize(
    ("statement", "setting"),
    [
        ("SET statement_timeout = 1", "statement_timeout"),
        ("SET search_path = nowhere", "search_path"),
        ("SET default_transaction_read_only = on", "default_transaction_read_only"),
        ("SET ROLE pg_monitor", "role"),
    ],
)
def test_a_setting_of_a_session_is_not_the_next_jobs(
    bench: Bench, handler: Register, statement: str, setting: str
) -> None:
    def show(job: RunningJob) -> str:
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW {setting}")
            return str(cursor.fetchone()[0])

    def change(job: RunningJob) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    look = handler(show)
    before, changed, after = bench.run(look, handler(change), look)

    assert changed.status == "completed"
    assert after.result == before.result


def test_a_session_lock_is_not_held_on(bench: Bench, handler: Register) -> None:
    def lock(job: RunningJob) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4711)")

    bench.run(handler(lock))

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(4711), pg_advisory_unlock_all()")
        assert cursor.fetchone()[0]


def test_a_result_that_changes_while_it_is_stored_fails_alone(bench: Bench, handler: Register) -> None:
    class Shifty(dict[str, Any]):
        """Good when it is looked at first, and not afterwards."""

        looked = 0

        def items(self) -> Any:
            self.looked += 1
            if self.looked > 1:
                raise RuntimeError("dictionary changed size during iteration")
            return super().items()

    changing, after = bench.run(handler(lambda job: Shifty(a=1)), "diag-noop")

    assert changing.status in ("failed", "completed")
    assert after.status == "completed"


def test_a_result_that_cannot_be_pickled_reaches_the_worker_of_a_work_process(handler: Register) -> None:
    key = enqueue(type=handler(lambda job: defaultdict(lambda: 0, a=1)), data={}).key
    (claimed,) = claim([key], worker="bench")

    settlement = execute(RunningJob(claimed, DirectReporter()), claimed)

    assert pickle.loads(pickle.dumps(settlement)).result == {"a": 1}  # noqa: S301  our own


def test_what_a_handler_says_of_its_progress_is_made_storable(bench: Bench, handler: Register) -> None:
    def say(job: RunningJob) -> None:
        job.progress(10, "reading \udcff\x00.csv")
        with job.completes():
            pass

    (told,) = bench.run(handler(say))

    assert (told.status, told.stage) == ("completed", "reading ?\N{REPLACEMENT CHARACTER}.csv")


def test_a_run_that_gets_no_connection_costs_nothing_and_says_so(bench: Bench, handler: Register) -> None:
    def starve(job: RunningJob) -> None:
        raise OperationalError("couldn't get a connection after 10.00 sec") from PoolTimeout()

    (put_back,) = bench.run(handler(starve))

    assert (put_back.status, put_back.attempts_made, put_back.losses) == ("delayed", 0, 0)
    assert (put_back.error["code"], "DATABASE_POOL_SIZE" in put_back.error_message) == ("no_connection", True)


def test_a_result_larger_than_the_database_takes_fails_alone(
    bench: Bench, handler: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle_small(settlements: list[Settlement]) -> Any:
        if any(one.result == "huge" for one in settlements):
            raise OperationalError("too long") from psycopg.errors.ProgramLimitExceeded("string too long for jsonb")
        return settle(settlements)

    monkeypatch.setattr(settlers, "settle", settle_small)
    huge, after = bench.run(handler(lambda job: "huge"), "diag-noop")

    assert (huge.status, after.status) == ("failed", "completed")
    assert "cannot be stored" in huge.error_message


def test_a_child_that_a_handler_forks_does_not_go_on_as_the_worker(bench: Bench, handler: Register) -> None:
    def fork(job: RunningJob) -> dict[str, Any]:
        child = os.fork()
        return {"child": child}

    forked, after = bench.run(handler(fork), "diag-noop")

    assert (forked.status, after.status) == ("completed", "completed")
    deadline = time.monotonic() + SECONDS
    while os.waitpid(forked.result["child"], os.WNOHANG)[0] == 0:
        assert time.monotonic() < deadline, "the child lives on"
        threading.Event().wait(0.02)
