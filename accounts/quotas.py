"""Monthly quotas: taken by one conditional statement, so that no two requests get the last unit."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil

from django.db import connection
from django.db.models import F
from django.utils import timezone

from .callers import Caller
from .models import QuotaUse, User
from .plans import research_quota

RESEARCH = "research"


@dataclass(frozen=True, kw_only=True)
class QuotaState:
    used: int
    limit: int
    remaining: int


class QuotaExceeded(Exception):
    """The month's units are used up. Waiting helps: `retry_after` seconds, until the month ends."""

    def __init__(self, *, state: QuotaState, retry_after: int) -> None:
        super().__init__(f"{state.used} of {state.limit} used this month; try again in {retry_after} seconds.")
        self.state = state
        self.retry_after = retry_after


def consume(subject: str, kind: str, limit: int, month: date) -> QuotaState:
    """Take one unit, or raise QuotaExceeded and change nothing.

    Any day names its month. The unit belongs to the surrounding transaction: a rollback gives it
    back, and others who ask for the same quota wait until it ends.
    """
    return _consume(_CONSUME, subject, kind, limit, month)


def consume_research(caller: Caller, month: date) -> QuotaState:
    """As `consume`, of the caller's research, whose limit is read in the same statement."""
    return _consume(_CONSUME_RESEARCH, caller.user_id, RESEARCH, research_quota(caller.plan), month)


def _consume(statement: str, subject: str, kind: str, limit: int, month: date) -> QuotaState:
    month = month.replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"subject": subject, "kind": kind, "month": month, "limit": limit})
        limit, used = cursor.fetchone()
    if used is None:
        raise QuotaExceeded(state=state(subject, kind, limit, month), retry_after=seconds_left(month))
    return _state(used, limit)


def give_back(subject: str, kind: str, month: date) -> bool:
    """Return one unit of the month it was taken in. False where none was taken.

    Not idempotent: call it in the transaction that cancels or fails the job, which happens once.
    """
    taken = QuotaUse.objects.filter(subject=subject, kind=kind, month=month.replace(day=1), used__gt=0)
    return taken.update(used=F("used") - 1) == 1


def lock(subject: str, kind: str, month: date) -> None:
    """Have others who ask for the same quota wait until the surrounding transaction ends."""
    use = QuotaUse.objects.select_for_update().filter(subject=subject, kind=kind, month=month.replace(day=1))
    use.values_list("pk").first()


def state(subject: str, kind: str, limit: int, month: date) -> QuotaState:
    use = QuotaUse.objects.filter(subject=subject, kind=kind, month=month.replace(day=1))
    return _state(use.values_list("used", flat=True).first() or 0, limit)


def this_month() -> date:
    """First day of the current month in UTC, whatever TIME_ZONE says: one month for all hosts."""
    return timezone.now().astimezone(UTC).date().replace(day=1)


def seconds_left(month: date) -> int:
    """Whole seconds until the month ends, at least 1."""
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    end = datetime(following.year, following.month, 1, tzinfo=UTC)
    return max(1, ceil((end - timezone.now()).total_seconds()))


def research_limit(caller: Caller) -> int:
    """Research requests the caller has a month: the user's own number, else the plan's."""
    own = User.objects.filter(public_id=caller.user_id).values_list("research_quota", flat=True).first()
    return own if own is not None else research_quota(caller.plan)


def _state(used: int, limit: int) -> QuotaState:
    # A limit lowered in mid-month leaves more used than allowed.
    return QuotaState(used=used, limit=limit, remaining=max(0, limit - used))


# The SELECT's WHERE is for the month's first unit, the other for all that follow. One row, whose `used` is
# null where no unit is left.
_TAKE = """
    WITH bound AS (SELECT {limit} AS units), taken AS (
        INSERT INTO accounts_quotause AS quota (subject, kind, month, used)
        SELECT %(subject)s, %(kind)s, %(month)s, 1 FROM bound WHERE units > 0
        ON CONFLICT (subject, kind, month) DO UPDATE SET used = quota.used + 1
        WHERE quota.used < (SELECT units FROM bound)
        RETURNING used
    )
    SELECT units, used FROM bound LEFT JOIN taken ON true
"""
_CONSUME = _TAKE.format(limit="%(limit)s::int")
_CONSUME_RESEARCH = _TAKE.format(
    limit="COALESCE((SELECT research_quota FROM accounts_user WHERE public_id = %(subject)s), %(limit)s::int)"
)
