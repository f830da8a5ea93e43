"""A job's life as a list of moments: its events, and its attempts where the events are forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models import Attempt, Event, Job
from ..states import TERMINAL, Status

#: Moments shown; a job retried for weeks has more.
MOST = 200


@dataclass(frozen=True, kw_only=True)
class Moment:
    """`state`: the job's from then on. `seconds`: until the next moment, or until now."""

    at: datetime
    state: str
    title: str
    note: str = ""
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A part of the job's life in one state, in per cent of the whole: drawn as a bar."""

    state: str
    start: float
    width: float
    title: str


def moments(job: Job, attempts: Sequence[Attempt], now: datetime) -> list[Moment]:
    """Oldest first."""
    events = list(
        Event.objects.filter(job_id=job.id).exclude(event__in=["progress", "removed"]).order_by("-id")[:MOST]
    )[::-1]
    first = events[0].at if events else None
    starts = _starts(events, attempts)
    found = [_of_event(event, starts.get(event.id)) for event in events]
    # What happened before the oldest event that is kept.
    before = [moment for attempt in attempts for moment in _of_attempt(attempt) if first is None or moment.at < first]
    if first is None or (job.created_at < first and (before or events[0].event not in {"waiting", "delayed"})):
        before.insert(0, Moment(at=job.created_at, state="waiting", title="Enqueued"))
    elif found:
        found[0] = Moment(at=found[0].at, state=found[0].state, title="Enqueued", note=found[0].note)
    return _with_lengths([*before, *found], job, now)


def _with_lengths(items: list[Moment], job: Job, now: datetime) -> list[Moment]:
    items.sort(key=lambda item: item.at)
    over = Status(job.status) in TERMINAL
    result = []
    for place, item in enumerate(items):
        last = place == len(items) - 1
        end = (None if over else now) if last else items[place + 1].at
        seconds = None if end is None else max(0.0, (end - item.at).total_seconds())
        result.append(Moment(at=item.at, state=item.state, title=item.title, note=item.note, seconds=seconds))
    return result


_TITLES = {
    "waiting": "Waiting",
    "delayed": "Delayed",
    "active": "Started",
    "retrying": "Attempt failed",
    "completed": "Completed",
    "failed": "Failed",
    "dead": "Dead",
    "cancelled": "Cancelled",
}
_REASONS = {"interrupted": "Its worker shut down; the run cost nothing", "worker_lost": "Its worker was lost"}


def _starts(events: Sequence[Event], attempts: Sequence[Attempt]) -> dict[int, Attempt]:
    """The attempt that each start belongs to: the last start is the last attempt's, and so on back."""
    started = [event.id for event in events if event.event == "active"]
    return dict(zip(reversed(started), reversed(attempts), strict=False))


def _of_event(event: Event, run: Attempt | None) -> Moment:
    payload: dict[str, Any] = event.payload or {}
    error = payload.get("error") or {}
    note = str(error.get("message") or "")
    title = _TITLES.get(event.event, event.event.replace("-", " ").capitalize())
    if event.event == "active":
        title = f"Attempt {run.attempt} started" if run else title
        note = f"on {run.worker}" if run else ""
    elif event.event == "waiting" and payload.get("reason"):
        title, note = "Put back", _REASONS.get(payload["reason"], str(payload["reason"]))
    elif event.event == "retrying":
        note = f"{note}; next attempt in {payload.get('nextDelayMs', 0) / 1000:g} s"
    return Moment(at=event.at, state="delayed" if event.event == "retrying" else event.event, title=title, note=note)


_AFTER = {"completed": "completed", "cancelled": "cancelled", "interrupted": "waiting", "worker_lost": "waiting"}


def _of_attempt(attempt: Attempt) -> list[Moment]:
    start = Moment(
        at=attempt.started_at, state="active", title=f"Attempt {attempt.attempt} started", note=f"on {attempt.worker}"
    )
    if attempt.finished_at is None:
        return [start]
    state = _AFTER.get(attempt.outcome or "", "delayed" if attempt.next_delay_ms is not None else "failed")
    title = f"Attempt {attempt.attempt} {(attempt.outcome or '').replace('_', ' ')}"
    message = str((attempt.error or {}).get("message") or "")
    return [start, Moment(at=attempt.finished_at, state=state, title=title, note=message)]


def stretches(items: Sequence[Moment], now: datetime) -> list[Stretch]:
    """The bar above the timeline: where the time went. Empty where there is nothing to compare."""
    total = sum(item.seconds or 0 for item in items)
    if total <= 0:
        return []
    found, start = [], 0.0
    for item in items:
        width = 100 * (item.seconds or 0) / total
        if width > 0:
            found.append(
                Stretch(state=item.state, start=round(start, 3), width=round(max(width, 0.15), 3), title=item.title)
            )
        start += width
    return found
