"""The monthly quota of research requests: a unit is taken with the job and comes back if the job does not count.

A job does not count once it has failed, died, or was cancelled before it started. That is looked up when somebody
looks at the quota, and before it refuses: no event can be missed, and a request that is within the quota does not
wait for a look at all earlier ones.
"""

from datetime import date, timedelta

from django.db import connection, transaction

from accounts import quotas
from accounts.callers import Caller
from accounts.quotas import QuotaExceeded, QuotaState

from .models import QuotaUnit

_RETURNED = """
UPDATE research_quotaunit unit SET given_back_at = now()
FROM jobs_job job
WHERE unit.subject = %s AND unit.month = %s AND unit.given_back_at IS NULL AND job.public_id = unit.job_id
    AND (job.status IN ('failed', 'dead') OR job.status = 'cancelled' AND job.started_at IS NULL)
"""


def take(caller: Caller, job_id: str) -> QuotaState:
    """Take a unit for a job, in the transaction that stores it. Raises accounts.quotas.QuotaExceeded."""
    month = quotas.this_month()
    state = _consume(caller, month)
    QuotaUnit.objects.create(job_id=job_id, subject=caller.user_id, month=month)
    return state


def _consume(caller: Caller, month: date) -> QuotaState:
    limit = quotas.research_limit(caller)
    try:
        return quotas.consume(caller.user_id, quotas.RESEARCH, limit, month)
    except QuotaExceeded:
        _collect(caller)
        return quotas.consume(caller.user_id, quotas.RESEARCH, limit, month)


def state_of(caller: Caller) -> QuotaState:
    with transaction.atomic():
        _collect(caller)
        limit = quotas.research_limit(caller)
        return quotas.state(caller.user_id, quotas.RESEARCH, limit, quotas.this_month())


def counted(caller: Caller) -> QuotaState:
    """As it stands, without looking for jobs that do not count any more: for the answer to a request."""
    return quotas.state(caller.user_id, quotas.RESEARCH, quotas.research_limit(caller), quotas.this_month())


def _collect(caller: Caller) -> None:
    """Give back what this month's jobs that do not count have taken. Each unit once: the update decides who does it."""
    month = quotas.this_month()
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED, [caller.user_id, month])
        returned = cursor.rowcount
    for _ in range(returned):
        quotas.give_back(caller.user_id, quotas.RESEARCH, month)


def forget_old_units() -> int:
    """Delete the units of months before the last one: no quota is counted by them any more. Returns how many."""
    last = (quotas.this_month() - timedelta(days=1)).replace(day=1)
    deleted, _ = QuotaUnit.objects.filter(month__lt=last).delete()
    return deleted


def shown(state: QuotaState) -> dict[str, int]:
    return {
        "researchesUsed": state.used,
        "researchesLimit": state.limit,
        "researchesRemaining": state.remaining,
    }
