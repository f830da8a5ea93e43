"""The rules: pure functions from a snapshot to what is wrong in it.

A rule returns None where the snapshot does not let it judge; its alerts then stay as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .limits import HELD_UNTIL, Limits
from .snapshot import QueueFacts, RedisFacts, Snapshot

MIB = 2**20


@dataclass(frozen=True, kw_only=True)
class Finding:
    """subject: what tells two alerts of one rule apart. message: a sentence without full stop."""

    subject: str
    message: str
    queue: str = ""
    value: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """held: the subjects for which the rule's alert is active already."""

    name: str
    severity: str
    #: When it fires, as docs/operations.md has it.
    fires: str
    check: Callable[[Snapshot, Limits, frozenset[str]], list[Finding] | None]

    @property
    def text(self) -> str:
        """`fires` without its marks of code."""
        return self.fires.replace("`", "")


def exceeds(value: float, threshold: float, *, held: bool) -> bool:
    """Above the threshold; for an alert that is active, above 80 % of it."""
    return value > threshold * (HELD_UNTIL if held else 1.0)


def queue_depth(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            subject=queue.name,
            queue=queue.name,
            message=f"Queue {queue.name} has {queue.waiting} waiting jobs",
            value=queue.waiting,
            threshold=limits.depth_of(queue.name),
        )
        for queue in snapshot.queues
        if exceeds(queue.waiting, limits.depth_of(queue.name), held=queue.name in held)
    ]


def failure_rate(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    found = []
    for queue in snapshot.queues:
        finished = queue.completed + queue.failed
        percent = 100 * queue.failed / finished if finished else 0.0
        enough = finished >= limits.failure_minimum
        if enough and exceeds(percent, limits.failure_percent, held=queue.name in held):
            share = f"{percent:.1f} % of the jobs of queue {queue.name} failed"
            found.append(
                Finding(
                    subject=queue.name,
                    queue=queue.name,
                    message=f"{share}: {queue.failed} of {finished} in 15 minutes",
                    value=round(percent, 1),
                    threshold=limits.failure_percent,
                )
            )
    return found


def no_progress(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            subject=queue.name,
            queue=queue.name,
            message=_standstill(queue),
            value=round(queue.longest_wait_seconds / 60, 1),
            threshold=limits.no_progress_minutes,
        )
        for queue in snapshot.queues
        if queue.waiting
        and not queue.paused
        and queue.longest_wait_seconds >= 60 * limits.no_progress_minutes
        and (not queue.workers or not queue.finished_lately)
    ]


def _standstill(queue: QueueFacts) -> str:
    waited = f"{queue.waiting} waiting jobs, the first for {queue.longest_wait_seconds / 60:.0f} minutes"
    if not queue.workers:
        return f"Queue {queue.name} has no live worker and {waited}"
    return f"Queue {queue.name} finishes nothing and has {waited}"


def redis_unreachable(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [] if snapshot.redis else [Finding(subject="", message="Redis does not answer; nothing new starts")]


def redis_memory(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding] | None:
    redis = snapshot.redis
    if redis is None:
        return None
    allowed = _allowed_bytes(redis, limits)
    if not exceeds(redis.used_bytes, allowed, held="" in held):
        return []
    used, of = redis.used_bytes / MIB, f" of {redis.limit_bytes / MIB:.1f} MiB" if redis.limit_bytes else ""
    return [Finding(subject="", message=f"Redis uses {used:.1f} MiB{of}", value=used, threshold=allowed / MIB)]


def _allowed_bytes(redis: RedisFacts, limits: Limits) -> float:
    if redis.limit_bytes:
        return redis.limit_bytes * limits.redis_percent / 100
    return limits.redis_memory_mb * MIB


def redis_persistence(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding] | None:
    if snapshot.redis is None:
        return None
    problems = snapshot.redis.save_problems
    return [Finding(subject="", message=f"Redis reports of its disk: {', '.join(problems)}")] if problems else []


def worker_memory(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            subject=worker.name,
            message=f"Worker {worker.name} uses {worker.memory_mb} MiB",
            value=worker.memory_mb,
            threshold=limits.worker_memory_mb,
        )
        for worker in snapshot.workers
        if exceeds(worker.memory_mb, limits.worker_memory_mb, held=worker.name in held)
    ]


def stuck_jobs(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    by_queue: dict[str, list[str]] = {}
    for job in snapshot.stuck:
        by_queue.setdefault(job.queue, []).append(job.public_id)
    return [
        Finding(
            subject=queue,
            queue=queue,
            message=f"{len(ids)} jobs of queue {queue} are active beyond their time limit: {', '.join(ids[:3])}",
            value=len(ids),
        )
        for queue, ids in by_queue.items()
    ]


def scheduler_silent(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    silent = snapshot.scheduler_silent_seconds
    if silent is None or silent <= limits.scheduler_seconds:
        return []
    message = f"No scheduler was heard of for {silent:.0f} seconds; nothing is started by the clock"
    return [Finding(subject="", message=message, value=silent, threshold=limits.scheduler_seconds)]


def dead_letters(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            subject=queue.name,
            queue=queue.name,
            message=f"{queue.dead_lately} jobs of queue {queue.name} became dead within an hour",
            value=queue.dead_lately,
            threshold=limits.dead_jobs,
        )
        for queue in snapshot.queues
        if exceeds(queue.dead_lately, limits.dead_jobs, held=queue.name in held)
    ]


def poison_job(snapshot: Snapshot, limits: Limits, held: frozenset[str]) -> list[Finding]:
    return [
        Finding(
            subject=job.public_id,
            queue=job.queue,
            message=f"Job {job.public_id} of queue {job.queue} took its process with it {job.losses} times"
            + (" and is dead" if job.dead else ""),
            value=job.losses,
        )
        for job in snapshot.poison
    ]


RULES: tuple[Rule, ...] = (
    Rule(
        name="queue-depth",
        severity="warning",
        fires="more than `ALERT_QUEUE_DEPTH` (1000) jobs of a queue wait; `ALERT_QUEUE_DEPTHS` per queue",
        check=queue_depth,
    ),
    Rule(
        name="failure-rate",
        severity="critical",
        fires="more than `ALERT_FAILURE_PERCENT` (5) % of a queue's jobs failed in 15 minutes, "
        "of at least `ALERT_FAILURE_MINIMUM` (20)",
        check=failure_rate,
    ),
    Rule(
        name="no-progress",
        severity="critical",
        fires="jobs wait for `ALERT_NO_PROGRESS_MINUTES` (10) and none finished meanwhile, or no worker lives",
        check=no_progress,
    ),
    Rule(name="redis-unreachable", severity="critical", fires="Redis does not answer", check=redis_unreachable),
    Rule(
        name="redis-memory",
        severity="critical",
        fires="Redis uses more than 80 % of its limit, without one more than `ALERT_REDIS_MEMORY_MB` (512)",
        check=redis_memory,
    ),
    Rule(
        name="redis-persistence",
        severity="warning",
        fires="Redis reports that it could not save to its disk",
        check=redis_persistence,
    ),
    Rule(
        name="worker-memory",
        severity="warning",
        fires="a worker uses more than `ALERT_WORKER_MEMORY_MB` (512) MiB",
        check=worker_memory,
    ),
    Rule(
        name="stuck-jobs",
        severity="critical",
        fires="a job is active for a minute longer than its time limit",
        check=stuck_jobs,
    ),
    Rule(
        name="scheduler-silent",
        severity="critical",
        fires="there are schedules, and no scheduler was heard of for a minute",
        check=scheduler_silent,
    ),
    Rule(
        name="dead-letters",
        severity="warning",
        fires="more than `ALERT_DEAD_JOBS` (10) jobs of a queue became dead within an hour",
        check=dead_letters,
    ),
    Rule(
        name="poison-job",
        severity="critical",
        fires="a job lost its process or worker twice or more and runs again, or died of it within the hour",
        check=poison_job,
    ),
)
