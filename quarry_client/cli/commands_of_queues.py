"""Commands about queues, workers, schedules and the whole."""

from argparse import Namespace
from datetime import timedelta

from ..client import QuarryClient
from ..values import Health
from . import exits
from .screen import Screen
from .show import (
    PROCESS_HEAD,
    QUEUE_HEAD,
    SCHEDULE_HEAD,
    WORKER_HEAD,
    count,
    lines,
    process_rows,
    queue_row,
    schedule_row,
    table,
    worker_row,
)


def queues(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    found = quarry.queues(include_internal=given.internal)
    screen.answer({"queues": [one.raw for one in found]}, table(QUEUE_HEAD, [queue_row(one) for one in found]))
    return exits.OK


def pause(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    done = quarry.pause(given.queue, reason=given.reason)
    screen.answer(done.raw, f"{done.queue} {'is paused' if done.changed else 'was paused already'}")
    return exits.OK


def resume(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    done = quarry.resume(given.queue)
    screen.answer(done.raw, f"{done.queue} {'runs again' if done.changed else 'was not paused'}")
    return exits.OK


def clean(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    names = [given.queue] if given.queue else [one.queue for one in quarry.queues()]
    grace = timedelta(milliseconds=given.grace_ms)
    removed = []
    for name in names:
        done = quarry.clean(name, status=given.status, grace=grace, limit=given.limit)
        screen.say(f"{done.queue}: removed {count(done.removed)} {given.status} jobs")
        removed.append(done.raw)
    if screen.as_json:
        screen.answer(removed, "")
    return exits.OK


def retry_failed(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    done = quarry.retry_failed(given.queue, limit=given.limit)
    screen.answer(done.raw, f"{done.queue}: retried {count(done.retried)} failed jobs")
    return exits.OK


# --- Workers and health -----------------------------------------------------------------------------
def workers(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    found = quarry.workers(detail=given.detail)
    text = table(WORKER_HEAD, [worker_row(one) for one in found])
    if given.detail:
        text = f"{text}\n\n{lines(PROCESS_HEAD, process_rows(found))}"
    screen.answer([one.raw for one in found], text)
    return exits.OK


def health(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    found = quarry.health()
    screen.answer(found.raw, _health(found))
    return exits.OK if found.status != "unhealthy" else exits.FAILED


def _health(found: Health) -> str:
    return "\n".join(
        [
            f"Overall:   {found.status}",
            f"Redis:     {found.redis}",
            f"Database:  {found.database}",
            f"Scheduler: {found.scheduler}",
            table(WORKER_HEAD, [worker_row(one) for one in found.workers.values()]),
        ]
    )


# --- Schedules --------------------------------------------------------------------------------------
def schedules(quarry: QuarryClient, screen: Screen, given: Namespace) -> int:
    if given.verb == "list":
        found = quarry.schedules()
        text = lines(SCHEDULE_HEAD, [schedule_row(one) for one in found])
        if any(one.is_edited for one in found):
            text += "\n* edited"
        screen.answer({"schedules": [one.raw for one in found]}, text)
        return exits.OK
    if given.verb == "run":
        fired = quarry.run_schedule(given.name)
        ids = "".join(f"\n  {job_id}" for job_id in fired.ids)
        screen.answer(fired.raw, f"{given.name} fired: {fired.jobs} jobs{ids}")
        return exits.OK
    pausing = given.verb == "pause"
    done = quarry.pause_schedule(given.name) if pausing else quarry.resume_schedule(given.name)
    changed, kept = ("is paused", "was paused already") if pausing else ("fires again", "was not paused")
    screen.answer(done.raw, f"{given.name} {changed if done.changed else kept}")
    return exits.OK
