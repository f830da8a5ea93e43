"""Values as text: the tables and lines that `manage.py` prints. tests/quarry_client holds the two together."""

from collections.abc import Sequence
from datetime import datetime

from ..values import Job, JobStatus, QueueSummary, Schedule, Worker

_BAR = 24


def count(number: int) -> str:
    return f"{number:,}"


def failures(completed: int, failed: int) -> str:
    """`12 (1.0%)`: of the jobs that ended one way or the other."""
    ended = completed + failed
    return f"{failed:,} ({100 * failed / ended if ended else 0:.1f}%)"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need to be: the first to the left, numbers to the right."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        return "  ".join(cells).rstrip()

    return "\n".join(line(row) for row in [head, *rows])


def lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """As `table`, for words: all columns to the left."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in [head, *rows])


def describe(job: Job) -> str:
    """A job in one line, as it is now."""
    name = f"{job.type} {job.id}"
    if job.completed:
        return f"✓ {name} completed in {(job.duration_ms or 0) / 1000:.1f} s"
    if job.ended:
        reason = job.error.message if job.error else None
        return f"✗ {name} {job.status}" + (f": {reason}" if reason else "")
    if job.status == JobStatus.ACTIVE:
        stage = f"  {job.stage}" if job.stage else ""
        return f"→ {name} {_bar(job.progress)} {job.progress:3d}%{stage}"
    return f"→ {name} {job.status}" + (f": {job.explanation.message}" if job.explanation else "")


def _bar(percent: int) -> str:
    full = round(_BAR * percent / 100)
    return "█" * full + "░" * (_BAR - full)


QUEUE_HEAD = (
    "Queue",
    "Waiting",
    "Limited",
    "Delayed",
    "Active",
    "Completed",
    "Failed",
    "Dead",
    "Total",
    "Workers",
    "",
)


def queue_row(one: QueueSummary) -> tuple[str, ...]:
    numbers = one.counts
    return (
        one.queue,
        count(numbers.waiting + numbers.paused),
        count(numbers.rate_limited),
        count(numbers.delayed),
        count(numbers.active),
        count(numbers.completed),
        failures(numbers.completed, numbers.failed),
        count(numbers.dead),
        count(numbers.total),
        count(one.workers),
        "paused" if one.is_paused else "",
    )


WORKER_HEAD = ("Queue", "Busy", "Slots", "Heard of", "")


def worker_row(one: Worker) -> tuple[str, ...]:
    notes = [*(["paused"] if one.is_paused else []), *([] if one.is_running else ["no worker"])]
    return (one.name, count(one.busy), count(one.concurrency), moment(one.last_heartbeat), ", ".join(notes))


PROCESS_HEAD = ("worker", "host", "pid", "busy", "slots", "memory", "heard of", "")


def process_rows(groups: Sequence[Worker]) -> list[tuple[str, ...]]:
    """Each process once, with the slots of all queues that it serves."""
    found = {part.worker: part for group in groups for part in group.slots}
    totals = {
        name: [sum(part.busy for part in parts), sum(part.slots for part in parts)]
        for name in found
        if (parts := [part for group in groups for part in group.slots if part.worker == name])
    }
    return [
        (
            name,
            one.host,
            str(one.pid),
            count(totals[name][0]),
            count(totals[name][1]),
            f"{one.memory_mb or 0} MB",
            moment(one.last_heartbeat),
            "stopping" if one.is_stopping else "quiet" if one.is_quiet else "" if one.is_running else "silent",
        )
        for name, one in sorted(found.items())
    ]


SCHEDULE_HEAD = ("schedule", "cron", "time zone", "state", "next", "last", "result")


def schedule_row(one: Schedule) -> tuple[str, ...]:
    return (
        one.name,
        one.cron + (" *" if one.is_edited else ""),
        one.time_zone,
        one.state,
        _minute(one.next_fire_at),
        _minute(one.last_fire_at),
        one.last_fire.result if one.last_fire else "-",
    )


def _minute(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M %Z}"


def moment(at: datetime | None) -> str:
    return "-" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"
