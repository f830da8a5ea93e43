"""Commands about single jobs: enqueue, status, wait, cancel, retry, remove, search."""

import json
from argparse import Namespace
from itertools import islice
from typing import Any

from ..client import QuarryClient
from ..errors import NotFound, QuarryError
from ..values import Job
from . import exits
from .screen import Screen
from .show import describe, lines, moment


def enqueue(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    job = quarry.enqueue(given.type, given.data, options=given.options)
    screen.say(f"{job.type} job {job.id} {'exists already' if job.duplicate else 'enqueued'} on {job.queue}")
    if given.watch:
        return follow(quarry, screen, job.id, timeout=given.timeout)
    if screen.as_json:
        screen.answer(job.raw, "")
    return exits.OK


def status(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    job = quarry.job(given.id, include=["attempts", "log"])
    screen.answer(job.raw, _whole(job))
    return exits.OK


def wait(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    return follow(quarry, screen, given.id, timeout=given.timeout)


def cancel(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    job = quarry.cancel(given.id)
    screen.answer(job.raw, f"{job.id} {'cancelled' if job.ended else 'is being stopped'}")
    return exits.OK


def retry(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    job = quarry.retry(given.id, force=given.force)
    screen.answer(job.raw, f"{job.id} waits to run again")
    return exits.OK


def remove(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    removed = quarry.remove(given.id, force=given.force)
    screen.answer(removed.raw, f"{removed.id} removed")
    return exits.OK


def search(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    conditions = {"type": given.type, "queue": given.queue, "status": given.status}
    found = quarry.search_all(given.query, **conditions, limit=min(given.limit, 500))
    jobs = list(islice(found, given.limit + 1))
    shown = jobs[: given.limit]
    rows = [(job.id, job.type, job.queue, str(job.status), moment(job.created_at), _error(job)) for job in shown]
    text = lines(("job", "type", "queue", "status", "created", "error"), rows) if rows else "no job matches"
    screen.answer([job.raw for job in shown], text)
    if len(jobs) > given.limit:
        screen.note(f"There are more than {given.limit}; --limit shows more.")
    return exits.OK


# --- Following --------------------------------------------------------------------------------------
def follow(quarry: QuarryClient, screen: Screen, job_id: str, *, timeout: float | None) -> int:
    """Show a job until it ends; 0 only where it completes."""

    def away(error: QuarryError) -> None:
        screen.now(f"→ {job_id}: {error.message} Trying again.")

    last: Job | None = None
    try:
        for job in quarry.follow(job_id, timeout=timeout, on_outage=away):
            screen.now(describe(job))
            last = job
    except NotFound:
        if last is None:
            raise
        screen.now("removed")
        last = None
    except KeyboardInterrupt:
        screen.note(f"The job goes on; `wait {job_id}` follows it again.")
        raise
    finally:
        screen.settle()
    return _ended(screen, last)


def _ended(screen: Screen, job: Job | None) -> int:
    if job is None:
        return exits.FAILED
    if screen.as_json:
        screen.answer(job.raw, "")
    elif job.completed and job.result is not None:
        screen.say(f"result: {json.dumps(job.result, ensure_ascii=False)}")
    return exits.OK if job.completed else exits.FAILED


# --- Words ------------------------------------------------------------------------------------------
def _whole(job: Job) -> str:
    facts = {
        "queue": job.queue,
        "priority": job.priority,
        "tenantId": job.tenant_id,
        "userId": job.user_id,
        "relatedId": job.related_id,
        "createdAt": job.raw.get("createdAt"),
        "startedAt": job.raw.get("startedAt"),
        "finishedAt": job.raw.get("finishedAt"),
        "data": _json(job.data),
        "result": None if job.result is None else _json(job.result),
    }
    return "\n".join(
        [
            describe(job),
            *(f"  {name:<12} {value}" for name, value in facts.items() if value is not None),
            *(_attempt(row) for row in job.raw.get("attemptHistory", [])),
            *(f"  {line['at']}  {line['text']}" for line in job.raw.get("log", [])),
        ]
    )


def _attempt(row: dict[str, Any]) -> str:
    error = f": {row['error']['message']}" if row.get("error") else ""
    return f"  attempt {row['attempt']}  {row['startedAt']}  {row['outcome'] or 'running'}{error}"


def _error(job: Job) -> str:
    message = (job.error.message if job.error else None) or ""
    return message.partition("\n")[0][:80]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
