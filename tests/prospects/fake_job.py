"""A running job that only remembers, for handlers called directly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import uuid4

from django.db import transaction

from jobs.errors import JobStopped
from jobs.running import Completion, RunningJob
from prospects.filings.job_type import UccIngestion, ingest_ucc_filings


class FakeJob:
    """Stops at the check number `stop_at`, counted from 1, where that is given."""

    user_id = None
    run = 1

    def __init__(self, *, tenant_id: str | None = None, stop_at: int | None = None) -> None:
        self.id = f"job_{uuid4().hex}"
        self.tenant_id = tenant_id
        self.steps: list[tuple[int, str]] = []
        self.lines: list[str] = []
        self.slept: list[float] = []
        self.checks = 0
        self._stop_at = stop_at

    def progress(self, percent: int, stage: str = "") -> None:
        self.steps.append((percent, stage))

    def log(self, text: str) -> None:
        self.lines.append(text)

    def check(self) -> None:
        self.checks += 1
        if self.checks == self._stop_at:
            raise JobStopped("cancelled")

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.check()

    @contextmanager
    def completes(self, result: Any = None) -> Iterator[Completion]:
        with transaction.atomic():
            yield Completion(result=result)


def handle(payload: UccIngestion, job: FakeJob) -> dict[str, Any]:
    result: dict[str, Any] = ingest_ucc_filings(payload, cast(RunningJob, job))
    return result
