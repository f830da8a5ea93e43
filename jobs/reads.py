"""Reading jobs: whose they are, in which order they are listed, and what is searched for."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from accounts.callers import Caller
from accounts.roles import OVER_OTHERS

from .models import Job
from .states import READY, TERMINAL, Status
from .views_of_state import Counts, all_counts, counts_of, with_status

#: Jobs counted ahead of one at most; beyond that the exact number tells nobody more.
MOST_AHEAD = 500
#: Seconds after which a worker that has not been heard of counts as gone.
WORKER_SILENCE_SECONDS = 30


def visible(caller: Caller) -> QuerySet[Job]:
    """The jobs a caller may see and act on: all, those of their organisations, or their own."""
    return Job.objects.filter(visible_to(caller))


def visible_to(caller: Caller) -> Q:
    """The same, as a condition on any table that says whose its rows are (`tenant_id`, `user_id`)."""
    if caller.is_admin:
        return Q()
    tenants = sorted(caller.tenants)
    own = Q(user_id=caller.user_id)
    if caller.role >= OVER_OTHERS:
        return Q(tenant_id__in=tenants) | (own & Q(tenant_id__isnull=True))
    return own & (Q(tenant_id__in=tenants) | Q(tenant_id__isnull=True))


def listed(caller: Caller) -> QuerySet[Job]:
    """As `visible`, without archived jobs: what listings and counts are made of."""
    return visible(caller).filter(archived=False)


def find(caller: Caller, public_id: str) -> Job | None:
    return visible(caller).filter(public_id=public_id).first()


def counts(caller: Caller) -> dict[str, Counts]:
    """Counts per queue and state of what the caller may see; for admins never a scan."""
    return all_counts() if caller.is_admin else counts_of(visible(caller))


def total(numbers: Counts) -> int:
    return sum(numbers.values())


# --- Listings -------------------------------------------------------------------------------------
def in_queue(caller: Caller, queue: str, wanted: Iterable[Status] | None) -> QuerySet[Job]:
    """A queue's jobs in the wanted states (None: all), in the order that fits them."""
    jobs = listed(caller).filter(queue=queue)
    if wanted is None:
        return jobs.order_by("-id")
    states = list(wanted)
    return with_status(jobs, states).order_by(*_order(states))


def _order(states: Sequence[Status]) -> tuple[Any, ...]:
    chosen = set(states)
    if chosen <= TERMINAL:
        return (F("finished_at").desc(nulls_last=True), "-id")
    if chosen <= READY | {Status.PAUSED}:
        return ("-priority", "id")
    if chosen == {Status.DELAYED}:
        return (F("run_at").asc(nulls_last=True), "-priority", "id")
    if chosen == {Status.ACTIVE}:
        return ("started_at", "id")
    return ("-id",)


def recently_updated(caller: Caller, queue: str, wanted: Iterable[Status] | None) -> QuerySet[Job]:
    jobs = listed(caller).filter(queue=queue)
    return (jobs if wanted is None else with_status(jobs, wanted)).order_by("-updated_at", "-id")


@dataclass(frozen=True, kw_only=True)
class Search:
    """What to look for; None matches everything. Finds archived records too."""

    related_id: str | None = None
    correlation_id: str | None = None
    type: str | None = None
    queue: str | None = None
    status: Status | None = None
    user_id: str | None = None
    tenant_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


def search(caller: Caller, wanted: Search) -> QuerySet[Job]:
    """Newest first. A user or tenant the caller has no right to yields nothing, not an error."""
    jobs = visible(caller)
    for name in ("related_id", "correlation_id", "type", "queue", "user_id", "tenant_id"):
        value = getattr(wanted, name)
        if value is not None:
            jobs = jobs.filter(**{name: value})
    if wanted.created_after is not None:
        jobs = jobs.filter(created_at__gte=wanted.created_after)
    if wanted.created_before is not None:
        jobs = jobs.filter(created_at__lt=wanted.created_before)
    if wanted.status is not None:
        jobs = with_status(jobs, [wanted.status])
    return jobs.order_by("-id")


# --- Jobs with what explains them -----------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Facts:
    """What surrounds a job at `now`, Postgres's time: enough to say why it is not running.

    slots, busy: of live workers that serve the job's queue. active: jobs of the queue that run,
    counted where a cap makes it matter. ahead: jobs of the queue that run before it, up to
    MOST_AHEAD + 1; None where it was not counted.
    """

    now: datetime
    paused: bool
    slots: int
    busy: int
    active: int
    ahead: int | None = None


_COLUMNS = [field.attname for field in Job._meta.concrete_fields]
_JSON_AT = [index for index, name in enumerate(_COLUMNS) if name in {"data", "result", "error"}]
_AROUND = """
    clock_timestamp(), COALESCE((SELECT s.paused FROM jobs_queuestate s WHERE s.queue = {queue}), false),
    live.slots, live.busy, (SELECT count(*) FROM jobs_job a WHERE a.queue = {queue} AND a.status = 'active')
"""
_LIVE = f"""
    LATERAL (
        SELECT COALESCE(sum((w.slots ->> {{queue}})::int), 0) AS slots,
            COALESCE(sum((w.busy ->> {{queue}})::int), 0) AS busy
        FROM jobs_worker w WHERE w.slots ? {{queue}} AND NOT w.stopping AND NOT w.quiet
          AND w.heartbeat_at > clock_timestamp() - interval '{WORKER_SILENCE_SECONDS} seconds'
    ) live
"""  # noqa: S608
_ONE = f"""
SELECT {", ".join("j." + name for name in _COLUMNS)}, {_AROUND.format(queue="j.queue")},
    CASE WHEN j.status IN ('waiting', 'rate-limited') THEN (
        SELECT count(*) FROM (
            (SELECT 1 FROM jobs_job a WHERE a.queue = j.queue AND a.status IN ('waiting', 'rate-limited')
                AND a.priority > j.priority ORDER BY a.priority DESC, a.id LIMIT {MOST_AHEAD + 1})
            UNION ALL
            (SELECT 1 FROM jobs_job a WHERE a.queue = j.queue AND a.status IN ('waiting', 'rate-limited')
                AND a.priority = j.priority AND a.id < j.id ORDER BY a.id LIMIT {MOST_AHEAD + 1})
        ) before
    ) END
FROM jobs_job j, {_LIVE.format(queue="j.queue")} WHERE j.id = %s
"""  # noqa: S608  constants of this file
_QUEUES = f"""
SELECT q.name, {_AROUND.format(queue="q.name")}
FROM unnest(%s::text[]) AS q (name), {_LIVE.format(queue="q.name")}
"""  # noqa: S608


def with_facts(key: int) -> tuple[Job, Facts] | None:
    """One job by primary key, and what surrounds it, in one round trip."""
    with connection.cursor() as cursor:
        cursor.execute(_ONE, [key])
        row = cursor.fetchone()
    if row is None:
        return None
    at = len(_COLUMNS)
    return _job(row[:at]), _facts(row[at:])


def _job(row: Sequence[Any]) -> Job:
    values = list(row)
    for index in _JSON_AT:
        if values[index] is not None:
            values[index] = json.loads(values[index])
    return Job.from_db("default", _COLUMNS, values)


def _facts(row: Sequence[Any]) -> Facts:
    now, paused, slots, busy, active = row[:5]
    ahead = row[5] if len(row) > 5 else None
    return Facts(now=now, paused=paused, slots=slots, busy=busy, active=active, ahead=ahead)


def facts_of(queues: Iterable[str]) -> dict[str, Facts]:
    """What surrounds the jobs of each queue, without their places in it."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUES, [sorted(set(queues))])
        return {row[0]: _facts(row[1:]) for row in cursor.fetchall()}
