"""Which rows may run now, and their way into Redis.

Everything here is safe to repeat and to run on several hosts at once: what is published twice is
claimed once, and only one process at a time decides about one queue. A failure to reach Redis is
logged and made good by the next tick; the ledger has the jobs.
"""

import logging
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from redis.exceptions import RedisError

from . import gate_memory, ready
from .ledger import ready as rows
from .ledger.insert import Inserted
from .overrides import live
from .policy import policies, policy_of
from .ready import Ready
from .states import Status
from .views_of_state import paused_queues

logger = logging.getLogger("quarry.dispatch")

#: After Redis failed, callers do not wait for it again for this long; the tick still tries.
SILENCE_SECONDS = 2.0

_LOCK_SPACE = 0x51  # this file's share of Postgres's advisory locks
_silent_until = 0.0
_state = threading.Lock()


def reachable() -> bool:
    """Whether Redis answered when it was last asked, or was last asked a while ago."""
    return time.monotonic() >= _silent_until


@contextmanager
def forgiving(what: str, *, silence: bool = True) -> Iterator[None]:
    """Let a Redis failure pass, as `note_failure` does."""
    try:
        yield
    except RedisError as error:
        note_failure(error, what, silence=silence)


def note_failure(error: RedisError, what: str, *, silence: bool = True) -> None:
    """Log the failure once, and spare the next callers the wait."""
    global _silent_until  # noqa: PLW0603  what this process knows of Redis
    with _state:
        first = reachable()
        if silence:
            _silent_until = time.monotonic() + SILENCE_SECONDS
    if first:
        logger.warning("Redis is unreachable (%s); %s waits in Postgres.", type(error).__name__, what)


def publish_after_commit(jobs: Sequence[Inserted]) -> None:
    """Offer new jobs to the workers once the caller's transaction commits."""
    waiting = [job for job in jobs if job.status is Status.WAITING]
    if waiting:
        transaction.on_commit(lambda: publish(waiting))


def publish(jobs: Sequence[Inserted]) -> None:
    by_queue: dict[str, list[Ready]] = {}
    for job in jobs:
        by_queue.setdefault(job.queue, []).append(
            Ready(id=job.id, priority=job.priority, label=f"{job.type} {job.public_id}")
        )
    offer(by_queue)


def offer(by_queue: dict[str, list[Ready]]) -> None:
    """Hand ready jobs to Redis, or, on a gated queue, see whether they may start."""
    for queue, jobs in by_queue.items():
        if policy_of(queue).gated:
            poke(queue, priority=max(job.priority for job in jobs))
        elif reachable():
            with forgiving("what is ready"):
                for start in range(0, len(jobs), 500):
                    ready.publish(queue, jobs[start : start + 500])


def offer_unpaused(by_queue: dict[str, list[Ready]]) -> None:
    paused = paused_queues() if by_queue else frozenset()
    offer({queue: jobs for queue, jobs in by_queue.items() if queue not in paused})


def poke(queue: str, *, priority: int | None = None) -> None:
    """Decide about a gated queue now, unless that is of no use; then, as where Redis is away, the tick does.

    priority: the highest of the jobs that are new in the queue.
    """
    if reachable() and gate_memory.worth_a_pass(policy_of(queue), priority=priority, at=time.monotonic()):
        gate(queue)


def gate(queue: str) -> bool:
    """Hand out a gated queue's free starts. False where another process is deciding at this moment."""
    live.refresh()
    rules = policy_of(queue)
    if not rules.gated:
        # Operators lifted its limits a moment ago.
        return refill(queue)
    at = time.monotonic()
    with transaction.atomic():
        if not _lock(queue):
            return False
        permits = rows.permit(rules, window=settings.DISPATCH_WINDOW)
    gate_memory.note(rules, permits.full, at=at)
    if permits.revoked or permits.granted:
        with forgiving("what is ready"):
            if permits.revoked:
                ready.recall(queue, permits.revoked)
            ready.publish(queue, permits.granted, refill=True)
    return True


def refill(queue: str) -> bool:
    """Bring a queue's head into Redis. False where another process does so at this moment."""
    if policy_of(queue).gated:
        return gate(queue)
    with transaction.atomic():
        if not _lock(queue):
            return False
        window = settings.DISPATCH_WINDOW
        jobs = [] if queue in paused_queues() else rows.head(queue, window)
    with forgiving("what is ready"):
        ready.publish(queue, jobs, refill=True, more=len(jobs) == window)
    return True


def release_due() -> None:
    """Delayed jobs whose time has come."""
    while True:
        due = rows.release_due()
        offer_unpaused(due)
        if sum(map(len, due.values())) < 2000:
            return


def tick() -> None:
    """One round: due jobs, gated queues with work, and windows that hold less than they should."""
    live.refresh()
    release_due()
    waiting = ready_counts()
    gated = [queue for queue in waiting if policies()[queue].gated]
    for queue in gated:
        gate(queue)
    plain = [queue for queue in waiting if queue not in gated]
    if not plain:
        return
    with forgiving("what is ready"):
        present = ready.sizes(plain)
        for queue in plain:
            if present[queue] < min(waiting[queue], settings.DISPATCH_WINDOW // 2):
                refill(queue)


def ready_counts() -> dict[str, int]:
    """Ready jobs of each unpaused queue that has any, counted up to a window.

    The order has the planner take the ready index, whose end comes at once for an empty queue; without
    it, one queue's large backlog has it read the whole table for each of the others.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT q.name, n.number FROM unnest(%s::text[]) AS q (name), LATERAL (
                SELECT count(*) AS number FROM (
                    SELECT 1 FROM jobs_job WHERE queue = q.name AND status IN ('waiting', 'rate-limited')
                    ORDER BY priority DESC, id LIMIT %s
                ) capped
            ) n
            WHERE n.number > 0
              AND NOT EXISTS (SELECT 1 FROM jobs_queuestate s WHERE s.queue = q.name AND s.paused)
            """,
            [list(policies()), settings.DISPATCH_WINDOW],
        )
        return {row[0]: row[1] for row in cursor.fetchall()}


def recall(queue: str, ids: Sequence[int]) -> None:
    """Take jobs back from Redis that were cancelled, removed or moved; a lost recall is harmless."""
    if ids and reachable():
        with forgiving("a recall"):
            ready.recall(queue, ids)


def recall_all(queue: str) -> None:
    with forgiving("a recall"):
        ready.recall_all(queue)


def _lock(queue: str) -> bool:
    """The queue's advisory lock for this transaction; never waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, zlib.crc32(queue.encode()) >> 1])
        return bool(cursor.fetchone()[0])
