"""A job of the type `django-task` as the Tasks API shows it."""

import traceback
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from ..errors import dotted_name
from ..models import Attempt, Job
from ..states import Outcome, Status
from .api import Task, TaskError, TaskResult, TaskResultStatus

_STATUS = {
    Status.ACTIVE: TaskResultStatus.RUNNING,
    Status.COMPLETED: TaskResultStatus.SUCCESSFUL,
    Status.FAILED: TaskResultStatus.FAILED,
    Status.DEAD: TaskResultStatus.FAILED,
    Status.CANCELLED: TaskResultStatus.FAILED,
}
#: Runs that ended without a fault of the task leave no error of it.
_FAULTS = (Outcome.FAILED, Outcome.PROCESS_DIED)


def new(task: Task[Any, Any], args: list[Any], kwargs: dict[str, Any], *, backend: str) -> TaskResult[Any]:
    """Not stored yet; its arguments are JSON from here on. Raises TypeError where they cannot be."""
    return TaskResult(
        task=task,
        id="",
        status=TaskResultStatus.READY,
        enqueued_at=None,
        started_at=None,
        finished_at=None,
        last_attempted_at=None,
        args=args,
        kwargs=kwargs,
        backend=backend,
        errors=[],
        worker_ids=[],
    )


def of(job: Job, task: Task[Any, Any] | None = None) -> TaskResult[Any]:
    """Raises ImportError where the task's module or function is gone."""
    attempts = list(Attempt.objects.filter(job_id=job.pk).order_by("run"))
    result: TaskResult[Any] = TaskResult(
        task=task or named(job.data["task"]),
        id=job.public_id,
        status=_STATUS.get(Status(job.status), TaskResultStatus.READY),
        enqueued_at=job.created_at,
        started_at=attempts[0].started_at if attempts else None,
        finished_at=job.finished_at,
        last_attempted_at=attempts[-1].started_at if attempts else None,
        args=job.data["args"],
        kwargs=job.data["kwargs"],
        backend=job.data["backend"],
        errors=[_error(row) for row in attempts if row.outcome in _FAULTS],
        worker_ids=[row.worker for row in attempts],
    )
    if job.status == Status.COMPLETED:
        _set(result, _return_value=(job.result or {}).get("returnValue"))
    return result


def successful(result: TaskResult[Any], value: Any) -> TaskResult[Any]:
    """The result as the end of its run will leave it, for the signal that is sent just before."""
    return _set(result, status=TaskResultStatus.SUCCESSFUL, finished_at=timezone.now(), _return_value=value)


def failed(result: TaskResult[Any], error: BaseException) -> TaskResult[Any]:
    """As `successful`, for a run that raised `error`."""
    text = "".join(traceback.format_exception(error))
    last = TaskError(exception_class_path=dotted_name(error), traceback=text)
    return _set(result, status=TaskResultStatus.FAILED, finished_at=timezone.now(), errors=[*result.errors, last])


def _set(result: TaskResult[Any], **values: Any) -> TaskResult[Any]:
    # The API's classes are frozen, and its own backends change them so.
    for name, value in values.items():
        object.__setattr__(result, name, value)
    return result


def named(path: str) -> Task[Any, Any]:
    """The task at a dotted path. Raises ImportError, and TypeError where something else is there.

    The type check is what makes a path from a row safe to call: only tasks run, no other function.
    """
    found = import_string(path)
    if not isinstance(found, Task):
        raise TypeError(f"{path} is {type(found).__name__}, not a task")
    return found


def _error(row: Attempt) -> TaskError:
    return TaskError(
        exception_class_path=(row.error or {}).get("exception") or "builtins.Exception",
        traceback=row.traceback or (row.error or {}).get("message", ""),
    )
