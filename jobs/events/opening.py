"""Opening a stream: first the subscription, then what happened before, so that nothing falls between."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest

from accounts.callers import Caller
from accounts.credentials import credential_of

from .. import reads
from ..models import Job
from ..resource import job_resource
from ..states import TERMINAL
from . import reading
from .reading import Position, Row, Wanted
from .registry import registry
from .shapes import FINAL, told
from .streams import EventStream
from .subscription import MOST_WAITING, Subscription
from .tail import Batch, tail
from .tellers import JobTeller, NoticeTeller, QueueTeller, Teller, as_json, frame
from .visibility import hears

#: Missed events that are told to a reader who comes back, and transactions they may lie back.
MOST_MISSED = MOST_WAITING
FARTHEST_BACK = 1_000_000
_GAP = "Too much happened since to be told; go on from the state above."


def open_job_stream(request: HttpRequest, caller: Caller, job: Job, *, after: int | None) -> EventStream | None:
    """The job's state now; its events above the id `after`, or only those to come; and then as they happen.

    None where the job has ended and the reader has heard of it: there is nothing to wait for.
    """
    teller = JobTeller()

    def opening(subscription: Subscription) -> bytes | None:
        # The state is read after the last event to skip and before the first to tell: what happens
        # between is told although the state shows it, which is better than not at all.
        last = reading.last_of_job(job.pk)
        found = reads.with_facts(job.pk)
        ended = found is not None and found[0].status in TERMINAL
        rows = _missed_of_job(job.pk, after, ended=ended)
        if ended and after is not None and not rows:
            return None
        if after is not None:
            teller.last_id = after
        elif last and not rows:
            teller.last_id = last.id
        state = frame("state", as_json(job_resource(*found))) if found else b""
        events = teller.tell_events(told(rows))
        if len(rows) == MOST_MISSED and not teller.over:
            teller.over = True
            events += frame("reconnect", as_json({"reason": "There is more; resume after this."}))
        teller.over |= found is None or (ended and not rows)
        return state + events

    return _open(request, caller, Wanted(jobs=frozenset({job.pk})), teller, opening)


def _missed_of_job(job_id: int, after: int | None, *, ended: bool) -> list[Row]:
    if after is not None:
        return reading.of_job(job_id, after=after, limit=MOST_MISSED)
    last = reading.last_of_job(job_id) if ended else None
    return [last] if last and last.event in FINAL else []


def open_queue_stream(
    request: HttpRequest, caller: Caller, queue: str, *, state: Callable[[], Any], after: Position | None
) -> EventStream:
    """The queue's state now, what the reader missed since the position `after`, and then what happens."""
    teller = QueueTeller()
    wanted = Wanted(queues=frozenset({queue}))
    heard = hears(caller)

    def opening(subscription: Subscription) -> bytes:
        now = reading.position_now()
        subscription.begin_at(now)
        shown = frame("state", as_json(state()))
        if after is None:
            return shown + _only_position(now)
        missed = _missed(after, now, wanted)
        if missed is None:
            return shown + frame("gap", as_json({"reason": _GAP}), position=now.text)
        events = told(row for row in missed if heard(row))
        return shown + (teller.tell([Batch(events, after, now)]) if events else _only_position(now))

    stream = _open(request, caller, wanted, teller, opening)
    if stream is None:
        raise RuntimeError("a queue's stream always opens")
    return stream


def _missed(after: Position, now: Position, wanted: Wanted) -> list[Row] | None:
    """None where it is too much, or `after` is of another time, as after a restore."""
    if not 0 <= now.xmax - after.xmax <= FARTHEST_BACK:
        return None
    rows: list[Row] = []
    while True:
        page = reading.read_new(after, wanted, until=now, after=rows[-1].id if rows else 0)
        rows += page.rows
        if len(rows) > MOST_MISSED:
            return None
        if not page.more:
            return rows


def _only_position(now: Position) -> bytes:
    """Tells no event, and from where to resume before there was one."""
    return b"id: %s\n\n" % now.text.encode()


def open_notices(
    request: HttpRequest, caller: Caller, *, queues: Iterable[str], jobs: Iterable[str], overview: bool
) -> EventStream:
    """Which of the topics change, and never more often than once a second.

    overview: the topic `queues`, any change at all. queues, jobs: names and public ids; what the
    caller may not see is never heard of.
    """
    keys = dict(reads.visible(caller).filter(public_id__in=list(jobs)).values_list("public_id", "pk"))
    topics = {f"queue:{queue}" for queue in queues} | {f"job:{job}" for job in keys}
    wanted = Wanted(queues=frozenset(queues), jobs=frozenset(keys.values()), everything=overview)
    teller = NoticeTeller(frozenset(topics | ({"queues"} if overview else set())))
    stream = _open(request, caller, wanted, teller, lambda subscription: frame("ready", b"{}"))
    if stream is None:
        raise RuntimeError("a stream of notices always opens")
    return stream


def _open(
    request: HttpRequest,
    caller: Caller,
    wanted: Wanted,
    teller: Teller,
    opening: Callable[[Subscription], bytes | None],
) -> EventStream | None:
    """Raises TooManyStreams."""
    registry().check(caller)
    subscription = Subscription(wanted, heard=hears(caller))
    tail().join(subscription)
    try:
        first = opening(subscription)
        if first is None:
            tail().leave(subscription)
            return None
        stream = EventStream(
            caller=caller,
            credential=credential_of(request),
            subscription=subscription,
            teller=teller,
            opening=first,
        )
        registry().enter(stream)
    except BaseException:
        tail().leave(subscription)
        raise
    return stream
