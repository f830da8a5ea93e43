"""A backend of the Django Tasks API that keeps its tasks as jobs of the type `django-task`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import checks
from django.utils import timezone

from .. import actions, policy
from ..models import Job
from ..submission import Options
from . import results
from .api import BaseTaskBackend, Task, TaskResult, TaskResultDoesNotExist, task_enqueued
from .job_type import NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTask(Task[Any, Any]):
    """A task that may say how often it runs: `@task(attempts=3)`.

    attempts: executions at most, the first included. 1 unless said, for the API promises no retries
    and a function not written for them may not bear any.
    """

    attempts: int = 1


class LedgerBackend(BaseTaskBackend):
    """`enqueue` stores the job in the caller's transaction: it exists if and only if that commits.

    QUEUES: the queues tasks may name; they are Quarry's own, whose policies hold for tasks too.
    """

    task_class = LedgerTask
    supports_defer = True
    supports_async_task = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Iterable[Any], kwargs: Mapping[str, Any]) -> TaskResult[Any]:
        """Raises TypeError for arguments that are no JSON, as the API has it, and InvalidPayload,
        submission.Refused or limits.TooManyWaiting as every enqueue does."""
        self.validate_task(task)
        result = results.new(task, list(args), dict(kwargs), backend=self.alias)
        handle = actions.enqueue(
            type=NAME,
            data={"task": task.module_path, "backend": self.alias, "args": result.args, "kwargs": result.kwargs},
            options=Options(
                queue=task.queue_name,
                priority=task.priority,
                delay=_delay_ms(task),
                attempts=getattr(task, "attempts", 1),
            ),
        )
        stored = results.of(handle.job(), task)
        task_enqueued.send(type(self), task_result=stored)
        return stored

    def get_result(self, result_id: str) -> TaskResult[Any]:
        job = Job.objects.filter(public_id=result_id, type=NAME, data__backend=self.alias).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return results.of(job)

    def check(self, **kwargs: Any) -> Iterable[checks.CheckMessage]:
        yield from super().check(**kwargs)
        for name in sorted(self.queues - set(policy.policies())):
            yield checks.Error(
                f"The task backend {self.alias!r} names the queue {name!r}, which does not exist.",
                hint=f"The queues are {', '.join(policy.policies())}.",
                id="jobs.E010",
            )


def _delay_ms(task: Task[Any, Any]) -> int | None:
    if task.run_after is None:
        return None
    return max(0, round((task.run_after - timezone.now()).total_seconds() * 1000)) or None
