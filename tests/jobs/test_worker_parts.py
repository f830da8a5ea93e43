"""The small parts of a worker, each alone: slots, tasks, exit words, and going on without a database."""

import signal
import threading
from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError

from jobs.errors import JobStopped
from jobs.execution import _database_was_lost
from jobs.ledger.progress import Line, Step
from jobs.running import StopReason
from jobs.worker import database
from jobs.worker.database import persistently
from jobs.worker.parentage import describe_exit, resident_mb
from jobs.worker.slots import Slots
from jobs.worker.tasks import Task

from .worker_parts import claimed


class Listener:
    def __init__(self) -> None:
        self.heard: list[Step | Line] = []

    def report(self, item: Step | Line) -> None:
        self.heard.append(item)


def task(listener: Listener | None = None, **values: object) -> Task:
    return Task(claimed(**values), listener or Listener())


# --- Slots ----------------------------------------------------------------------------------------
def test_free_slots_are_listed_in_the_order_the_queues_are_served() -> None:
    slots = Slots({"research": 2, "scoring": 1})
    slots.take("research", 2)

    assert slots.free() == [("scoring", 1)]
    slots.take("scoring")
    assert slots.free() == []
    slots.give_back(["research", "scoring"])
    assert slots.free() == [("research", 1), ("scoring", 1)]


def test_waiting_for_a_free_slot_ends_when_one_is_given_back() -> None:
    slots = Slots({"research": 1})
    slots.take("research")
    assert not slots.wait_for_free(0.01)

    threading.Timer(0.05, slots.give_back, [["research"]]).start()
    assert slots.wait_for_free(5)
    assert slots.wait_until_idle(5)


# --- Tasks ----------------------------------------------------------------------------------------
def test_only_the_first_to_end_a_task_may_settle_it() -> None:
    one = task()

    assert [one.end(), one.end(), one.end()] == [True, False, False]
    assert one.ended


def test_the_first_reason_to_stop_stays() -> None:
    one = task()
    one.stop(StopReason.TIMEOUT)
    since = one.stopping_since
    one.stop(StopReason.CANCELLED)

    assert one.job.stop_reason is StopReason.TIMEOUT
    assert one.stopping_since == since


def test_a_handler_can_ask_whether_it_should_end_or_be_stopped_where_it_asks() -> None:
    one = task()
    one.job.check()
    before = one.job.is_cancelled

    one.stop(StopReason.CANCELLED)

    assert (before, one.job.is_cancelled) == (False, True)
    with pytest.raises(JobStopped, match="cancelled"):
        one.job.check()


def test_progress_never_goes_back_and_leaves_the_end_to_completion() -> None:
    listener = Listener()
    job = task(listener).job

    job.progress(40, "asking")
    job.progress(30, "writing")
    job.update_progress(250)

    steps = [one for one in listener.heard if isinstance(one, Step)]
    assert [(one.percent, one.stage) for one in steps] == [(40, "asking"), (40, "writing"), (99, "")]


def test_a_task_may_run_for_its_timeout() -> None:
    assert 58 < task(timeout_ms=60_000).deadline - task(timeout_ms=0).deadline <= 60


# --- Exits ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (signal.SIGSEGV, "signal 11 (SIGSEGV)"),
        (signal.SIGKILL, "signal 9 (SIGKILL), which is how the system ends a process that takes too much memory"),
        (3 << 8, "exit status 3"),
    ],
)
def test_an_exit_is_told_in_words(status: int, words: str) -> None:
    assert describe_exit(status) == words


def test_a_process_knows_its_size() -> None:
    assert 10 < resident_mb() < 10_000


# --- Without a database ---------------------------------------------------------------------------
def test_work_is_repeated_until_the_database_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "drop_connection", lambda: None)
    answers: Any = iter([OperationalError("gone"), OperationalError("still gone"), 42])

    def work() -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert persistently(work, what="Counting", give_up=lambda: False) == 42


def test_work_is_given_up_when_told_to_but_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "drop_connection", lambda: None)
    tried = []

    def work() -> int:
        tried.append(1)
        raise OperationalError("gone")

    assert persistently(work, what="Counting", give_up=lambda: True) is None
    assert tried == [1]


def test_what_is_no_lost_connection_is_raised_at_once() -> None:
    def work() -> int:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        persistently(work, what="Counting", give_up=lambda: False)


@pytest.mark.parametrize(
    ("error", "cause", "lost"),
    [
        (OperationalError("terminating connection"), psycopg.errors.AdminShutdown(), True),
        (OperationalError("the database system is starting up"), psycopg.errors.CannotConnectNow(), True),
        (OperationalError("connection refused"), psycopg.OperationalError(), True),
        (InterfaceError("the connection is closed"), psycopg.InterfaceError(), True),
        (InterfaceError("cursor already closed"), psycopg.InterfaceError(), False),
        (OperationalError("deadlock detected"), psycopg.errors.DeadlockDetected(), False),
        (OperationalError("canceling statement due to statement timeout"), psycopg.errors.QueryCanceled(), False),
        (ValueError("wrong"), None, False),
    ],
)
def test_a_database_that_went_away_is_told_from_one_that_refuses(
    error: Exception, cause: Exception | None, lost: bool
) -> None:
    error.__cause__ = cause

    assert _database_was_lost(error) is lost
