"""Events over HTTP: server-sent events of a job, of a queue, and notices for pages."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request

from .. import health, reads
from ..events.opening import open_job_stream, open_notices, open_queue_stream
from ..events.reading import Position
from ..events.registry import TooManyStreams
from ..events.streams import EventStream
from ..policy import canonical_queue, policies
from ..views_of_state import paused_queues
from .base import READ, READ_OWNED, ApiView, Need
from .listing import queue_named
from .openapi.declaring import Media, documented, text, words
from .params import Params
from .problems import Invalid, NotFound, Problem, Throttled
from .queue_views import queue_resource

#: Topics that one stream of notices covers at most: more than a page shows.
MOST_TOPICS = 200
#: Seconds after which it is worth asking again for one stream more.
RETRY_AFTER = 30

STREAM = Media(type="text/event-stream", about="Server-sent events, until either side ends the stream.")
LAST_EVENT = text("lastEventId", "The id of the last event that was read, for readers that cannot send Last-Event-ID.")


class StreamResponse(StreamingHttpResponse):
    """A response whose content is an open stream. config/asgi.py drives it without a thread."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__(stream, content_type="text/event-stream; charset=utf-8")
        self.stream = stream
        # Proxies are not to collect events, nor caches to keep them, whatever else is set.
        self["X-Accel-Buffering"] = "no"


class Full(Problem):
    """The server has as many streams as it can have. Waiting helps."""

    status = 503
    code = "too_many_streams"


class JobEventsView(ApiView):
    """GET /api/jobs/{id}/events"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ_OWNED}

    @documented(
        "The events of a job",
        about="First `state` with the job, then its events; ends after the last. 204 where the reader has all.",
        query=[LAST_EVENT],
        answers={200: STREAM, 204: None},
        errors=[429],
    )
    def get(self, request: Request, job_id: str) -> HttpResponseBase:
        after = _last_event(request, _event_id, "must be the id of an event of this stream")
        job = reads.find(self.caller, job_id)
        if job is None:
            raise NotFound("job")
        stream = _opened(lambda: open_job_stream(request._request, self.caller, job, after=after))
        # To a browser's EventSource, 204 means: do not come back.
        return StreamResponse(stream) if stream else HttpResponse(status=204)


class QueueEventsView(ApiView):
    """GET /api/queues/{name}/events"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The events of a queue",
        about="First `state` with the queue, then its events and those of the jobs the caller may see.",
        query=[LAST_EVENT],
        answers={200: STREAM, 204: None},
        errors=[429],
    )
    def get(self, request: Request, name: str) -> HttpResponseBase:
        queue = queue_named(name, self.caller)
        after = _last_event(request, Position.parse, "must be the id of an event of this stream")
        stream = _opened(
            lambda: open_queue_stream(
                request._request, self.caller, queue, state=lambda: self._state(queue), after=after
            )
        )
        return StreamResponse(stream) if stream else HttpResponse(status=204)

    def _state(self, queue: str) -> dict[str, Any]:
        numbers = reads.counts(self.caller)[queue]
        return queue_resource(
            queue, numbers, paused=queue in paused_queues(), workers=health.live_workers().get(queue, 0)
        )


class NoticesView(ApiView):
    """GET /api/events?topics=queues,queue:scoring,job:<id>: what a live page should look at again."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "What a live page should look at again",
        about="`ready`, then `changed` with `{topics}` at most once a second.",
        query=[words("topics", "Of queues, queue:<name> and job:<id>.", most=MOST_TOPICS, required=True)],
        answers={200: STREAM, 204: None},
        errors=[429],
    )
    def get(self, request: Request) -> HttpResponseBase:
        params = Params(request.query_params)
        topics = params.listed("topics", most=MOST_TOPICS)
        if not topics:
            params.problems.setdefault("topics", "must name at least one of queues, queue:<name> and job:<id>")
        params.done()
        names, jobs = _named(topics, self.caller.is_admin)
        stream = _opened(
            lambda: open_notices(request._request, self.caller, queues=names, jobs=jobs, overview="queues" in topics)
        )
        return StreamResponse(stream) if stream else HttpResponse(status=204)


def _named(topics: list[str], for_admin: bool) -> tuple[set[str], set[str]]:
    """The queues and the jobs that topics name."""
    names, jobs = set(), set()
    for topic in topics:
        kind, _, name = topic.partition(":")
        queue = canonical_queue(name) if kind == "queue" else None
        if kind == "job" and name:
            jobs.add(name)
        elif queue is not None and (for_admin or not policies()[queue].internal):
            names.add(queue)
        elif topic != "queues":
            raise Invalid({"topics": f"{topic[:60]!r} is none of queues, queue:<name> and job:<id>"})
    return names, jobs


def _last_event(request: Request, parse: Callable[[str], Any], otherwise: str) -> Any:
    """Where the reader left off: the header that browsers send, or the parameter for those that cannot."""
    given = request.headers.get("Last-Event-ID") or request.query_params.get("lastEventId")
    if not given:
        return None
    try:
        return parse(given)
    except ValueError:
        raise Invalid({"lastEventId": otherwise}) from None


def _event_id(text: str) -> int:
    value = int(text) if text.isascii() and text.isdigit() else -1
    if not 0 <= value < 2**63:
        raise ValueError("no event id")
    return value


def _opened(opening: Callable[[], EventStream | None]) -> EventStream | None:
    try:
        return opening()
    except TooManyStreams as full:
        if full.of_caller:
            raise Throttled(str(full), retry_after=RETRY_AFTER) from None
        raise Full(str(full), headers={"Retry-After": str(RETRY_AFTER)}) from None
