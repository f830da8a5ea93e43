"""Why a job is not running, in a word for programs and a sentence for people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import dispatch
from .models import Job
from .policy import QueuePolicy, policies
from .reads import MOST_AHEAD, Facts
from .states import READY, Status
from .timestamps import iso
from .workflows.blockers import blockers_of

#: Of what a worker could not even begin, by the class of the error: the code, and what is to be said.
_HANDED_BACK = {
    "jobs.errors.NotHandledHere": ("no_code", "The worker that took it has no code for it; it is offered again"),
    "jobs.errors.NoConnection": (
        "no_connection",
        "The worker that took it had no database connection to spare; it is offered again",
    ),
}
#: Jobs that a sentence names at most.
MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """message: the whole sentence. A page that can show times better says `lead`, `at` and a full stop instead."""

    code: str
    message: str
    lead: str = ""
    at: datetime | None = None


def _until(code: str, lead: str, at: datetime, *, joint: str = " at ") -> Explanation:
    """A sentence that ends with the time when something is due; a distance such as `in 5s` needs no joint."""
    return Explanation(code=code, message=f"{lead}{joint}{iso(at)}.", lead=lead, at=at)


def explain(
    job: Job, facts: Facts, *, redis_reachable: bool | None = None, waits_for: Sequence[str] | None = None
) -> Explanation | None:
    """The first thing that stands between the job and a worker; None where it runs or is over.

    waits_for: public ids of the jobs it depends on that have not completed; looked up where left out.
    redis_reachable: what the caller just found out; else what this process last saw.
    """
    status = Status(job.status)
    if status is Status.DELAYED:
        return _delayed(job, facts.now, waits_for)
    if status not in READY:
        return None
    rules = policies().get(job.queue)
    for reason in (
        _paused(job, facts),
        _limited(job, rules),
        _no_redis(dispatch.reachable() if redis_reachable is None else redis_reachable),
        _no_worker(job, facts, rules),
        _capped(job, facts, rules),
        _behind(job, facts),
        _busy(job, facts),
    ):
        if reason is not None:
            return reason
    return Explanation(code="starting", message="Nothing holds it back: the next free slot takes it.")


def _delayed(job: Job, now: datetime, waits_for: Sequence[str] | None) -> Explanation:
    if job.delay_reason == "dependency":
        known = blockers_of([job])[job.pk] if waits_for is None else waits_for
        return Explanation(code="waiting_for_job", message=_waiting_for(known))
    if job.run_at is None or job.run_at <= now:
        return Explanation(code="due", message="It is due; the next pass of the dispatcher makes it waiting.")
    handed_back = _HANDED_BACK.get((job.error or {}).get("exception", ""))
    if job.delay_reason == "retry" and handed_back:
        return _until(*handed_back, job.run_at)
    if job.delay_reason == "retry":
        failed = f"Attempt {job.attempts_made} of {job.max_attempts} failed; the next is due"
        return _until("retry_wait", failed, job.run_at)
    return _until("due_later", "It was enqueued with a delay and is due", job.run_at)


def _waiting_for(ids: Sequence[str]) -> str:
    if not ids:
        return "What it depends on has ended; it is released in a moment."
    named = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else "")
    return f"It waits for {'the job' if len(ids) == 1 else f'{len(ids)} jobs'} {named} to end."


def _paused(job: Job, facts: Facts) -> Explanation | None:
    if not facts.paused:
        return None
    return Explanation(code="queue_paused", message=f"The queue {job.queue} is paused; it runs once that is resumed.")


def _limited(job: Job, rules: QueuePolicy | None) -> Explanation | None:
    if job.status != Status.RATE_LIMITED or rules is None or rules.start_limit is None:
        return None
    limit = rules.start_limit
    sentence = f"The queue {job.queue} starts at most {limit.count:,} jobs in {limit.window_words}"
    if job.run_at is None:
        return Explanation(code="start_limit", message=f"{sentence}.")
    return _until("start_limit", f"{sentence}; its earliest start is", job.run_at, joint=" ")


def _no_redis(reachable: bool) -> Explanation | None:
    if reachable:
        return None
    return Explanation(
        code="redis_unreachable",
        message="Redis, which carries jobs to the workers, cannot be reached; it runs when Redis is back.",
    )


def _no_worker(job: Job, facts: Facts, rules: QueuePolicy | None) -> Explanation | None:
    if facts.slots:
        return None
    if rules is not None and not rules.worker_enabled:
        switch = f"ENABLE_{job.queue.upper().replace('-', '_')}_WORKER"
        return Explanation(
            code="worker_disabled", message=f"Workers of the queue {job.queue} are switched off by {switch}."
        )
    return Explanation(
        code="no_worker",
        message=f"No live worker serves the queue {job.queue}; start one with: manage.py rqworker {job.queue}",
    )


def _capped(job: Job, facts: Facts, rules: QueuePolicy | None) -> Explanation | None:
    if rules is None or rules.max_concurrency is None or facts.active < rules.max_concurrency:
        return None
    return Explanation(
        code="concurrency_cap",
        message=f"The queue {job.queue} runs at most {rules.max_concurrency} jobs at once; {facts.active} are running.",
    )


def _behind(job: Job, facts: Facts) -> Explanation | None:
    if facts.ahead == 0 or (facts.ahead is None and facts.busy < facts.slots):
        return None
    if facts.ahead is None:
        return Explanation(code="behind_others", message=f"It waits for its turn in the queue {job.queue}.")
    number = f"more than {MOST_AHEAD}" if facts.ahead > MOST_AHEAD else str(facts.ahead)
    others = "other job" if facts.ahead == 1 else "other jobs"
    return Explanation(code="behind_others", message=f"It is behind {number} {others} of the queue {job.queue}.")


def _busy(job: Job, facts: Facts) -> Explanation | None:
    if facts.busy < facts.slots:
        return None
    return Explanation(
        code="slots_busy", message=f"It is next; all {facts.slots} slots of the queue {job.queue} are busy."
    )
