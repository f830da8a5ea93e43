"""Helpers for tests of every app: run a job here and now, and move the clock of stored jobs.

They use the real ledger, so a test sees the transitions, attempts and events that production sees.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import F

from accounts.callers import Caller

from . import actions, execution
from .handle import JobHandle
from .ledger.ready import permit, release_due
from .models import Job
from .policy import policy_of
from .submission import Options


def run_job(
    type: str,  # noqa: A002  the API's word
    data: Mapping[str, Any] | None = None,
    *,
    by: Caller | None = None,
    options: Options | None = None,
    **fields: Any,
) -> Job:
    """Enqueue a job and run it once in this process; returns the row afterwards.

    Its data is `data` and the keyword arguments together. A failed run raises nothing: look at
    `status`, `error` and `attempts`.
    """
    handle = actions.enqueue(type=type, data={**(data or {}), **fields}, options=options, by=by)
    return run_again(handle)


def run_again(handle: JobHandle | Job) -> Job:
    """Run a waiting job's next attempt now; a delayed one first becomes due."""
    key = handle.key if isinstance(handle, JobHandle) else handle.pk
    Job.objects.filter(pk=key, status="delayed").update(run_at=Job.objects.get(pk=key).created_at)
    release_due()
    rules = policy_of(Job.objects.get(pk=key).queue)
    if rules.gated:
        permit(rules, window=10)
    execution.run(key)
    return Job.objects.get(pk=key)


def age(job: Job, by: timedelta) -> None:
    """Make a job older: all its times move into the past, as if the clock had been turned on."""
    times = ("created_at", "updated_at", "started_at", "finished_at", "run_at", "lease_until")
    Job.objects.filter(pk=job.pk).update(**{name: F(name) - by for name in times})
