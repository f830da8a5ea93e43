"""The running job as its handler sees it."""

import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db import transaction

from . import joblog
from .errors import ClaimLost, JobStopped, as_shown, classify_error, dotted_name, storable
from .ledger.claim import Claimed
from .ledger.jsontext import plain
from .ledger.progress import Line, Step, write_missing
from .ledger.settle import Settlement, settle
from .states import Outcome, Status
from .workflows.reads import results_for

LONGEST_LOG_LINE = 4000
#: Progress reports that may be on their way to the ledger when a run settles itself.
MOST_BEHIND = 20


class StopReason(StrEnum):
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    SHUTDOWN = "shutdown"
    LOST = "lost"


class Reporter(Protocol):
    """Takes a run's progress and log lines to the ledger, in order; must not block for long."""

    def report(self, item: Step | Line) -> None: ...


@dataclass(kw_only=True)
class Completion:
    """What `completes()` commits beside the handler's own writes."""

    result: Any = None


class RunningJob:
    """One run of a job. Handlers read from it, report to it, and ask it whether to stop."""

    def __init__(self, claimed: Claimed, reporter: Reporter) -> None:
        self._claimed = claimed
        self._reporter = reporter
        self._percent = 0
        self._newest: deque[Step] = deque(maxlen=MOST_BEHIND)
        self._stop = threading.Event()
        self._deciding = threading.Lock()
        self.stop_reason: StopReason | None = None
        #: Set once `completes()` or `fails()` has committed: the run is over, whatever the handler still does.
        self.completed = False
        #: What `fails()` has committed.
        self.failure: Settlement | None = None
        self.completed_result: Any = None
        self.completed_ms: int | None = None

    # --- What it is ---------------------------------------------------------------------------
    @property
    def id(self) -> str:
        """The public id."""
        return self._claimed.public_id

    @property
    def key(self) -> int:
        """The row's primary key."""
        return self._claimed.id

    @property
    def run(self) -> int:
        """The fencing token: this run's number over the job's whole life."""
        return self._claimed.run

    @property
    def type(self) -> str:
        return self._claimed.type

    @property
    def queue(self) -> str:
        return self._claimed.queue

    @property
    def data(self) -> dict[str, Any]:
        return self._claimed.data

    @property
    def attempts_made(self) -> int:
        return self._claimed.attempt

    @property
    def max_attempts(self) -> int:
        return self._claimed.max_attempts

    @property
    def user_id(self) -> str | None:
        return self._claimed.user_id

    @property
    def tenant_id(self) -> str | None:
        return self._claimed.tenant_id

    @property
    def correlation_id(self) -> str | None:
        return self._claimed.correlation_id

    def dependency_results(self) -> dict[str, Any]:
        """What the jobs it depends on returned, by their names in the workflow, else by id.

        None for one that returned nothing, or did not complete and was not needed to.
        """
        return results_for(self.key)

    # --- What it reports ----------------------------------------------------------------------
    def progress(self, percent: float, stage: str = "") -> None:
        """Say how far the run is: 0 to 100 (clamped), never less than before in this run.

        100 is left to completion, so a report of 100 is kept as 99 until the job has completed.
        """
        self.check()
        self._percent = max(self._percent, min(99, max(0, int(percent))))
        joblog.progress(self._claimed, self._percent, stage)
        step = Step(job_id=self.key, run=self.run, percent=self._percent, stage=storable(stage[:200]))
        self._newest.append(step)
        self._reporter.report(step)

    update_progress = progress

    def log(self, text: str) -> None:
        """Append a line to the job's own log, which the API and the console show."""
        self._reporter.report(Line(job_id=self.key, run=self.run, text=storable(str(text)[:LONGEST_LOG_LINE])))

    # --- Whether it must stop -----------------------------------------------------------------
    @property
    def is_cancelled(self) -> bool:
        """Whether the run should end soon, for whatever reason; `stop_reason` says which."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise JobStopped if the run should end. Call it between pieces of work."""
        if self._stop.is_set():
            raise JobStopped(str(self.stop_reason))

    def sleep(self, seconds: float) -> None:
        """Wait, but end at once when the run should. Prefer it to time.sleep in handlers."""
        if self._stop.wait(seconds):
            self.check()

    def stop(self, reason: StopReason) -> None:
        """Ask the handler to end. The first reason stays."""
        with self._deciding:
            if self.stop_reason is None:
                self.stop_reason = reason
        self._stop.set()

    # --- How it ends with its effect ----------------------------------------------------------
    @contextmanager
    def completes(self, result: Any = None) -> Iterator[Completion]:
        """One transaction: the block's writes and `completed` commit together, or neither does.

        Raises ClaimLost, and rolls the block back, when another run owns the job by then. A result
        is kept in the same transaction if it is given here or set on the object the block gets;
        otherwise the handler's return value is added right after.
        """
        completion = Completion(result=result)
        with self._settled_with(lambda: self._completion(completion.result)):
            yield completion
        self.completed_result = completion.result

    @contextmanager
    def fails(self, error: Exception, *, dead: bool = False, result: Any = None) -> Iterator[None]:
        """As `completes()`, for a failure that is the outcome: the block's writes and `failed` commit together.

        The job is not tried again, whatever the error's class says; nothing is raised. dead: it ends `dead`,
        so that only somebody who insists runs it once more. result: kept beside the error.
        """
        with self._settled_with(lambda: self._refusal(error, dead=dead, result=result)) as settled:
            yield
        self.failure = settled[0]

    @contextmanager
    def _settled_with(self, settlement: Callable[[], Settlement]) -> Iterator[list[Settlement]]:
        settled: list[Settlement] = []
        with transaction.atomic():
            self.check()
            yield settled
            self.check()
            # What it reported is told before its end, however far behind whoever writes the reports is.
            write_missing(list(self._newest))
            settled.append(settlement())
            done = settle(settled)
            if (self.key, self.run) not in done:
                raise ClaimLost("another run owns this job")
        self.completed = True
        self.completed_ms = done[(self.key, self.run)]

    def _completion(self, result: Any) -> Settlement:
        return Settlement(
            job_id=self.key, run=self.run, status=Status.COMPLETED, outcome=Outcome.COMPLETED, result=result
        )

    def _refusal(self, error: Exception, *, dead: bool, result: Any) -> Settlement:
        return Settlement(
            job_id=self.key,
            run=self.run,
            status=Status.DEAD if dead else Status.FAILED,
            outcome=Outcome.FAILED,
            result=plain(result),
            error=as_shown(classify_error(error), kind=dotted_name(error), at=datetime.now(UTC)) | {"retryable": False},
            traceback="".join(traceback.format_exception(error)),
        )
