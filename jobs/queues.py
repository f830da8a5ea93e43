"""What people and programs do to a whole queue, and the queue as library callers hold it.

Verbs are keyword-only, name who acts, and write their audit entry in the transaction of the change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import ExpressionWrapper, F, Q, QuerySet, fields
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller, system_caller

from . import actions, dispatch, policy, reads
from .events.wake import wake_after_commit
from .ledger import ready as ledger
from .models import Event, Job, QueueState
from .states import Status, parse_status
from .views_of_state import all_counts, paused_queues, with_status

CLEAN_GRACE_MS = 86_400_000
CLEAN_LIMIT = 100
#: Characters of a reason to pause: a sentence that others read beside the queue's name.
LONGEST_REASON = 300
MOST_AT_ONCE = 1000
#: What `clean` may be told to remove. `waiting` takes a paused queue's jobs in.
CLEANABLE = (Status.COMPLETED, Status.FAILED, Status.CANCELLED, Status.DEAD, Status.DELAYED, Status.WAITING)
_CHUNK = 200


class UnknownQueue(LookupError):
    """No queue has this name or alias."""


class ReasonTooLong(ValueError):
    """A reason to pause is longer than LONGEST_REASON. Waiting cannot help; a shorter one does."""


# --- Pause and resume -----------------------------------------------------------------------------
_SET_PAUSED = """
INSERT INTO jobs_queuestate AS s (queue, paused, paused_at, paused_by, pause_reason)
VALUES (%(queue)s, %(paused)s, CASE WHEN %(paused)s THEN clock_timestamp() END, %(by)s, %(reason)s)
ON CONFLICT (queue) DO UPDATE SET paused = EXCLUDED.paused, paused_at = EXCLUDED.paused_at,
    paused_by = EXCLUDED.paused_by, pause_reason = EXCLUDED.pause_reason
WHERE s.paused <> EXCLUDED.paused
RETURNING paused
"""


def pause(*, queue: str, by: Caller, reason: str = "", request_id: str | None = None) -> bool:
    """Stop new starts at once; running jobs finish. False where the queue was paused already.

    Raises ReasonTooLong, and pauses nothing then.
    """
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(f"The reason has {len(reason)} characters; say it in at most {LONGEST_REASON}.")
    with transaction.atomic():
        changed = _set_paused(queue, True, by, request_id, reason)
        if changed:
            ledger.take_back_permits(queue)
    # Again where nothing changed: an earlier recall may not have reached Redis.
    dispatch.recall_all(queue)
    return changed


def resume(*, queue: str, by: Caller, request_id: str | None = None) -> bool:
    """Let the queue's jobs start again, in order. False where it was not paused."""
    with transaction.atomic():
        changed = _set_paused(queue, False, by, request_id)
    dispatch.refill(queue)
    return changed


def _set_paused(queue: str, paused: bool, by: Caller, request_id: str | None, reason: str = "") -> bool:
    name = by.name[:200] if paused else ""
    parameters: dict[str, str | bool] = {"queue": queue, "paused": paused, "by": name, "reason": reason}
    with connection.cursor() as cursor:
        before = queue in paused_queues()
        cursor.execute(_SET_PAUSED, parameters)
        # A row that is new and not paused is no change.
        changed = cursor.fetchone() is not None and before is not paused
    note = {"reason": reason} if reason else {}
    if changed:
        Event.objects.create(queue=queue, event="paused" if paused else "resumed", payload={"by": by.name, **note})
        wake_after_commit()
    _audit("queue.pause" if paused else "queue.resume", queue, by, request_id, changed=changed, **note)
    return changed


# --- Many jobs at once ----------------------------------------------------------------------------
def clean(
    *,
    queue: str,
    status: Status = Status.COMPLETED,
    grace_ms: int = CLEAN_GRACE_MS,
    limit: int = CLEAN_LIMIT,
    by: Caller,
    request_id: str | None = None,
) -> list[str]:
    """Remove the oldest jobs that reached `status` more than `grace_ms` ago, at most `limit`; their ids.

    Raises ValueError for a status that is not CLEANABLE: running jobs are never removed.
    """
    if status not in CLEANABLE:
        raise ValueError(f"jobs that are {status} cannot be cleaned")
    chosen = _cleanable(queue, status, grace_ms)[: min(limit, MOST_AT_ONCE)].values_list("id", flat=True)
    # Asked again when it is removed: a job that somebody retried meanwhile is not ours any more.
    still = Job.objects.filter(queue=queue, status=str(status), archived=False)
    removed = [job.public_id for job, gone in _remove(chosen, still, by, request_id) if gone]
    note = {"removed": len(removed), "type": str(status), "graceMs": grace_ms}
    with transaction.atomic():
        Event.objects.create(queue=queue, event="cleaned", payload=note)
        wake_after_commit()
        _audit("queue.clean", queue, by, request_id, **note)
    return removed


def cleanable_number(*, queue: str, status: Status, grace_ms: int, limit: int) -> int:
    """How many jobs `clean` would remove now."""
    return _cleanable(queue, status, grace_ms)[: min(limit, MOST_AT_ONCE)].count()


def _cleanable(queue: str, status: Status, grace_ms: int) -> QuerySet[Job]:
    since = "finished_at" if status in {Status.COMPLETED, Status.FAILED, Status.CANCELLED} else "updated_at"
    age = ExpressionWrapper(Now() - timedelta(milliseconds=grace_ms), output_field=fields.DateTimeField())
    found = Job.objects.filter(queue=queue, status=str(status), archived=False, **{f"{since}__lte": age})
    return found.order_by(since, "id")


def retry_failed(*, queue: str, limit: int = MOST_AT_ONCE, by: Caller, request_id: str | None = None) -> list[str]:
    """Run the queue's failed jobs again, oldest failure first; dead ones stay. Returns their ids."""
    failed = Job.objects.filter(queue=queue, status=Status.FAILED, archived=False)
    retried: list[str] = []
    for ids in _chunks(failed.order_by("finished_at", "id").values_list("id", flat=True)[:limit]):
        jobs = list(failed.filter(id__in=ids).only("id"))
        retried += [item.public_id for item in actions.retry(jobs=jobs, by=by, request_id=request_id)]
    _audit("queue.retry-failed", queue, by, request_id, retried=len(retried))
    return retried


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Ids by what became of them. Running jobs are skipped."""

    removed: list[str]
    not_found: list[str]
    skipped: list[str]


def remove_jobs(*, queue: str, ids: Sequence[str], by: Caller, request_id: str | None = None) -> Removal:
    """Remove jobs of one queue by public id; those of another queue count as not found."""
    wanted = list(dict.fromkeys(ids))
    known = dict(Job.objects.filter(queue=queue, public_id__in=wanted).values_list("public_id", "id"))
    outcomes = _remove(known.values(), Job.objects.filter(queue=queue), by, request_id)
    became = {job.public_id: gone for job, gone in outcomes}
    return Removal(
        removed=[word for word in wanted if became.get(word)],
        not_found=[word for word in wanted if word not in became],
        skipped=[word for word in wanted if became.get(word) is False],
    )


def remove_with_status(*, queue: str, status: Status, by: Caller, request_id: str | None = None) -> Removal:
    """Remove all jobs of a queue that are shown in a state; running ones are skipped, every one."""
    found = with_status(Job.objects.filter(queue=queue, archived=False), [status])
    outcomes = list(_remove(found.order_by("id").values_list("id", flat=True), found, by, request_id))
    removed = [job.public_id for job, gone in outcomes if gone]
    _audit("queue.remove", queue, by, request_id, status=str(status), removed=len(removed))
    return Removal(removed=removed, not_found=[], skipped=[job.public_id for job, gone in outcomes if not gone])


def _remove(ids: Iterable[int], still: QuerySet[Job], by: Caller, request_id: str | None) -> Iterator[tuple[Job, bool]]:
    """Remove those of the jobs that `still` holds for; yields each of these, and whether it is gone."""
    for chunk in _chunks(ids):
        with transaction.atomic():
            # The lock keeps the answer true until the removal; payloads stay where they are.
            locked = still.filter(id__in=chunk).order_by("id").select_for_update().only("id", "public_id")
            jobs = {job.id: job for job in locked}
            gone = {item.id for item in actions.remove(jobs=list(jobs.values()), by=by, request_id=request_id)}
        yield from ((jobs[key], key in gone) for key in chunk if key in jobs)


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """A few hundred at a time, of what was there when this began."""
    rows = list(ids)
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _audit(action: str, queue: str, by: Caller, request_id: str | None, **details: Any) -> None:
    audit.record(caller=by, action=action, target_type="queue", target_id=queue, details=details, request_id=request_id)


# --- The library's face ---------------------------------------------------------------------------
class Queue:
    """One queue, for programs. Acts as the system unless told who asks."""

    def __init__(self, name: str, *, by: Caller | None = None) -> None:
        canonical = policy.canonical_queue(name)
        if canonical is None:
            raise UnknownQueue(f"{name!r} is no queue; the queues are {', '.join(policy.policies())}")
        self.name = canonical
        self._by = by or system_caller()

    def __repr__(self) -> str:
        return f"Queue({self.name!r})"

    @property
    def policy(self) -> policy.QueuePolicy:
        return policy.policy_of(self.name)

    @property
    def is_paused(self) -> bool:
        return QueueState.objects.filter(queue=self.name, paused=True).exists()

    def pause(self, reason: str = "") -> bool:
        """Raises ReasonTooLong beyond 300 characters."""
        return pause(queue=self.name, by=self._by, reason=reason)

    def resume(self) -> bool:
        return resume(queue=self.name, by=self._by)

    def clean(self, grace: int = CLEAN_GRACE_MS, limit: int = CLEAN_LIMIT, type: str = "completed") -> list[str]:  # noqa: A002
        """grace: milliseconds since the job reached the state that `type` names. Returns removed ids."""
        return clean(queue=self.name, grace_ms=grace, limit=limit, status=parse_status(type), by=self._by)

    def retry_failed(self, limit: int = MOST_AT_ONCE) -> list[str]:
        return retry_failed(queue=self.name, limit=limit, by=self._by)

    def remove_jobs(self, ids: Sequence[str]) -> Removal:
        return remove_jobs(queue=self.name, ids=ids, by=self._by)

    def counts(self) -> dict[str, int]:
        """Jobs per state, by the API's keys, and `total`."""
        numbers = all_counts()[self.name] if self._by.is_admin else reads.counts(self._by)[self.name]
        return {**numbers, "total": reads.total(numbers)}

    def get_jobs(self, status: str | None = "waiting", limit: int = 20, offset: int = 0) -> list[Job]:
        """Jobs in the order of the API's listing; status None or `all` for every state."""
        wanted = None if status in (None, "all") else [parse_status(str(status))]
        return list(reads.in_queue(self._by, self.name, wanted)[offset : offset + limit])

    def get_failed(self, limit: int = MOST_AT_ONCE, *, dead: bool = False) -> list[Job]:
        """Failed jobs, the latest failure first: `public_id`, `error_message`, `attempts_made` say what happened."""
        condition = Q(status=Status.FAILED) | (Q(status=Status.DEAD) if dead else Q(pk__in=[]))
        jobs = reads.listed(self._by).filter(condition, queue=self.name)
        return list(jobs.order_by(F("finished_at").desc(), "-id")[:limit])


def get_queue(name: str, *, by: Caller | None = None) -> Queue:
    """Raises UnknownQueue for a name that is neither a queue nor an alias of one."""
    return Queue(name, by=by)
