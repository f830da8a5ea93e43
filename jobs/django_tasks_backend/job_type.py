"""The job type that runs a task of the Django Tasks API."""

from typing import Any

from ..errors import ErrorClass, JobError
from ..models import Job
from ..payloads import Payload
from ..registry import job_type
from ..running import RunningJob
from . import results
from .api import Task, TaskContext, TaskResult, task_finished, task_started

NAME = "django-task"


class NoSuchTask(JobError):
    """The task's module or function is not in this release. Waiting does not help; deploy it and retry."""

    error_class = ErrorClass.VALIDATION_ERROR
    code = "no_such_task"


class DjangoTask(Payload):
    """task: dotted path of the task. backend: alias in TASKS. args, kwargs: JSON, stored as they are."""

    task: str
    backend: str = "default"
    args: list[Any]
    kwargs: dict[str, Any]


@job_type(NAME, queue="default", payload=DjangoTask, related="task", internal=True, any_queue=True)
def run_task(payload: DjangoTask, job: RunningJob) -> dict[str, Any]:
    task = _task(payload.task)
    sender = type(task.get_backend())
    task_started.send(sender, task_result=_result(job, task))
    job.progress(10, payload.task)
    context = [TaskContext(task_result=_result(job, task))] if task.takes_context else []
    try:
        value = task.call(*context, *payload.args, **payload.kwargs)
    except Exception as error:
        if job.attempts_made >= job.max_attempts:
            task_finished.send(sender, task_result=results.failed(_result(job, task), error))
        raise
    task_finished.send(sender, task_result=results.successful(_result(job, task), value))
    return {"returnValue": value}


def _task(path: str) -> Task[Any, Any]:
    try:
        return results.named(path)
    except (ImportError, TypeError) as error:
        raise NoSuchTask(f"{path} is no task of this release: {error}") from error


def _result(job: RunningJob, task: Task[Any, Any]) -> TaskResult[Any]:
    return results.of(Job.objects.get(pk=job.key), task)
