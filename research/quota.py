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

_UNIT = "INSERT INTO research_quotaunit (job_id, subject, month) VALUES (%s, %s, %s)"
_DUE_BACK = """
SELECT unit.id FROM research_quotaunit unit JOIN jobs_job job ON job.public_id = unit.job_id
WHERE unit.subject = %s AND unit.month = %s AND unit.given_back_at IS NULL
    AND (job.status IN ('failed', 'dead') OR job.status = 'cancelled' AND job.started_at IS NULL)
"""
_RETURNED = "UPDATE research_quotaunit SET given_back_at = now() WHERE id = ANY(%s) AND given_back_at IS NULL"


def take(caller: Caller, job_id: str) -> QuotaState:
    """Take a unit for a job, in the transaction that stores it. Raises accounts.quotas.QuotaExceeded.

    Call it last in that transaction: until it ends, others who take from the same quota wait.
    """
    month = quotas.this_month()
    with connection.cursor() as cursor:
        cursor.execute(_UNIT, [job_id, caller.user_id, month])
    try:
        return quotas.consume_research(caller, month)
    except QuotaExceeded:
        _collect(caller.user_id, month)
        return quotas.consume_research(caller, month)


def state_of(caller: Caller) -> QuotaState:
    with transaction.atomic():
        _collect(caller.user_id, quotas.this_month())
        return counted(caller)


def counted(caller: Caller) -> QuotaState:
    """As it stands, without looking for jobs that do not count any more: for the answer to a request."""
    return quotas.state(caller.user_id, quotas.RESEARCH, quotas.research_limit(caller), quotas.this_month())


def _collect(subject: str, month: date) -> None:
    """Give back what this month's jobs that do not count have taken. Each unit once: the update decides who does it."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE_BACK, [subject, month])
        due = [row[0] for row in cursor.fetchall()]
        if not due:
            return
        # Always before the units, as a request that is refused holds it already.
        quotas.lock(subject, quotas.RESEARCH, month)
        cursor.execute(_RETURNED, [due])
        for _ in range(cursor.rowcount):
            quotas.give_back(subject, quotas.RESEARCH, month)


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
