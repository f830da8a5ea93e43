"""Digests of failures: at most one a queue, recipient and ten minutes; nothing failed, nothing sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User

from .. import actions
from ..models import Job
from ..policy import policies
from ..states import Status
from ..submission import Options
from .models import FailureDigest

TYPE = "failure-digest"
EVERY = timedelta(minutes=10)
#: After a first failure more are waited for, so that a burst makes one mail.
GATHER = timedelta(seconds=60)
#: Failures are dated when they are settled and seen when that commits; this lies between.
SETTLING = timedelta(seconds=5)
LISTED = 50
_FAILED = [str(Status.FAILED), str(Status.DEAD)]


@dataclass(frozen=True, kw_only=True)
class Failures:
    """number: of all; jobs: the first LISTED of them, the earliest first."""

    number: int
    jobs: list[dict[str, Any]]

    @property
    def unlisted(self) -> int:
        return self.number - len(self.jobs)


def failures(*, queue: str, since: datetime, until: datetime, user_id: str | None = None) -> Failures:
    """Jobs of a queue that failed after `since`, up to `until`; of one owner where one is named."""
    jobs = _failed(queue, since, until)
    if user_id is not None:
        jobs = jobs.filter(user_id=user_id)
    rows = jobs.order_by("finished_at")[:LISTED]
    listed = [
        {
            "id": row.public_id,
            "type": row.type,
            "status": row.status,
            "error": f"{row.error_type}: {row.error_message}",
            "attempts": row.attempts_made,
            "at": row.finished_at,
        }
        for row in rows
    ]
    return Failures(number=jobs.count(), jobs=listed)


def _failed(queue: str, since: datetime, until: datetime) -> QuerySet[Job]:
    return Job.objects.filter(
        queue=queue, status__in=_FAILED, archived=False, finished_at__gt=since, finished_at__lte=until
    )


def send_due() -> int:
    """Send the digests of failures that are due.

    Enqueues them and returns how many. Safe to run from several processes.
    """
    return sum(_send(queue) for queue in policies())


@transaction.atomic
def _send(queue: str) -> int:
    now = _now()
    # The first look at a queue covers what failed while nobody was looking, ten minutes at most.
    FailureDigest.objects.get_or_create(queue=queue, defaults={"covered_until": now - EVERY})
    row = FailureDigest.objects.select_for_update().get(queue=queue)
    if row.sent_at is not None and now < row.sent_at + EVERY:
        return 0
    until = now - SETTLING
    first = _failed(queue, row.covered_until, until).order_by("finished_at").first()
    if first is None:
        # Failures of digests nobody gets must not pile up into the first one somebody asks for.
        FailureDigest.objects.filter(queue=queue).update(covered_until=max(row.covered_until, until - GATHER))
        return 0
    if first.finished_at is None or now < first.finished_at + GATHER:
        return 0
    sent = _enqueue(queue, row.covered_until, until)
    FailureDigest.objects.filter(queue=queue).update(covered_until=until, sent_at=now if sent else row.sent_at)
    return sent


def _enqueue(queue: str, since: datetime, until: datetime) -> int:
    window = {"queue": queue, "since": since, "until": until}
    for address in settings.FAILURE_EMAILS:
        _digest({**window, "to": address})
    owners = _failed(queue, since, until).filter(user_id__isnull=False).values_list("user_id", flat=True).distinct()
    opted_in = User.objects.filter(public_id__in=list(owners), notify_job_failures=True, is_active=True)
    for user in opted_in:
        _digest({**window, "to": user.email, "owner": user.public_id})
    return len(settings.FAILURE_EMAILS) + len(opted_in)


def _digest(data: dict[str, Any]) -> None:
    data = {**data, "since": data["since"].isoformat(), "until": data["until"].isoformat()}
    actions.enqueue(type=TYPE, data=data, options=Options(priority=100))


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now
