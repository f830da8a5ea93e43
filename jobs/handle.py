"""A job as library callers hold it."""

import time
from dataclasses import dataclass
from typing import Any

from .events.waiting import bell
from .ledger.insert import Inserted, NewJob
from .models import Job
from .states import TERMINAL, Status
from .views_of_state import shown_status

#: Seconds between two looks at a job that is waited for, should its events fail to tell.
LOOK_SECONDS = 0.5


class JobNotFinished(TimeoutError):
    """The job did not finish in the time given."""


class JobFailed(Exception):
    """The job ended without success. `status` and `error` say how."""

    def __init__(self, job_id: str, status: Status, error: dict[str, Any] | None) -> None:
        super().__init__(f"job {job_id} is {status}: {(error or {}).get('message', 'no error recorded')}")
        self.status = status
        self.error = error


@dataclass(frozen=True, kw_only=True)
class JobHandle:
    """`id` is the public id. `status`, `progress` and `result` are read from the ledger when asked."""

    id: str
    key: int
    type: str
    queue: str
    data: dict[str, Any]
    duplicate: bool = False

    @classmethod
    def of(cls, row: Inserted, new: NewJob) -> "JobHandle":
        return cls(id=row.public_id, key=row.id, type=row.type, queue=row.queue, data=new.data)

    @classmethod
    def existing(cls, job: Job) -> "JobHandle":
        return cls(id=job.public_id, key=job.id, type=job.type, queue=job.queue, data=job.data, duplicate=True)

    def job(self) -> Job:
        """The row as it is now. Raises Job.DoesNotExist once it was removed."""
        return Job.objects.get(pk=self.key)

    @property
    def status(self) -> Status:
        return shown_status(self.job())

    @property
    def progress(self) -> int:
        return self.job().progress

    @property
    def result(self) -> Any:
        return self.job().result

    def wait_until_finished(self, timeout: float = 60.0) -> Any:
        """The result. Raises JobFailed when the job ends otherwise, JobNotFinished after `timeout` s."""
        deadline = time.monotonic() + timeout
        with bell(self.key) as rung:
            while True:
                rung.clear()
                job = self.job()
                if job.status == Status.COMPLETED:
                    return job.result
                if job.status in TERMINAL:
                    raise JobFailed(self.id, Status(job.status), job.error)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise JobNotFinished(f"job {self.id} is {job.status} after {timeout:g} s")
                rung.wait(min(left, LOOK_SECONDS))
