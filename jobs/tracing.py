"""OpenTelemetry traces: a span for each submission and each attempt, linked through the job's row.

Only with OTEL_TRACING=true is anything of OpenTelemetry imported; where its spans go is said by the
standard OTEL_* variables, which its own libraries read. Without, each call here costs one look at a setting.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .ledger.claim import Claimed
from .ledger.insert import NewJob
from .ledger.settle import Settlement
from .states import Outcome

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

#: What an attempt's span is told of its end.
Ended = Callable[[Settlement | None, bool], None]


def on() -> bool:
    return bool(settings.OTEL_TRACING)


@contextmanager
def submitting(items: Sequence[NewJob]) -> Iterator[str | None]:
    """A span around storing jobs; yields what their rows keep of it, None where tracing is off."""
    if not on() or not items:
        yield None
        return
    from opentelemetry.trace import SpanKind

    types, queues = {item.type for item in items}, {item.queue for item in items}
    attributes: dict[str, Any] = {
        "messaging.system": "quarry",
        "messaging.operation.type": "send",
        "messaging.batch.message_count": len(items),
        "quarry.type": ",".join(sorted(types)),
        "quarry.queue": ",".join(sorted(queues)),
    }
    if len(items) == 1:
        attributes["quarry.job.id"] = items[0].public_id
    with _tracer().start_as_current_span(
        f"enqueue {attributes['quarry.type']}", kind=SpanKind.PRODUCER, attributes=attributes
    ):
        yield _injected()


@contextmanager
def attempt(claimed: Claimed) -> Iterator[Ended]:
    """A span around one run, in the trace of its submission. The caller says how it ended."""
    if not on():
        yield _nothing
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode

    attributes: dict[str, Any] = {
        "messaging.system": "quarry",
        "messaging.operation.type": "process",
        "quarry.type": claimed.type,
        "quarry.queue": claimed.queue,
        "quarry.job.id": claimed.public_id,
        "quarry.attempt": claimed.attempt,
        "quarry.run": claimed.run,
    }
    with _tracer().start_as_current_span(
        f"run {claimed.type}", context=_extracted(claimed.trace_parent), kind=SpanKind.CONSUMER, attributes=attributes
    ) as span:

        def ended(settlement: Settlement | None, completed: bool) -> None:
            outcome = Outcome.COMPLETED if completed else settlement.outcome if settlement else "not this run's to end"
            span.set_attribute("quarry.outcome", str(outcome))
            if settlement is not None and settlement.error is not None:
                span.set_attribute("error.type", str(settlement.error["type"]))
                span.set_status(Status(StatusCode.ERROR, str(settlement.error["message"])[:500]))

        yield ended


class TracingMiddleware:
    """Continues the trace that a request's `traceparent` header names. In MIDDLEWARE where tracing is on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from opentelemetry import context

        token = context.attach(_extracted(request.headers.get("traceparent")))
        try:
            return self.get_response(request)
        finally:
            context.detach(token)


def flush() -> None:
    """Send what is gathered; for processes that end without saying so."""
    if on():
        provider().force_flush(2000)


@cache
def provider() -> "TracerProvider":
    """This process's provider, with the exporter that OTEL_EXPORTER_OTLP_ENDPOINT names."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create()
    if str(resource.attributes["service.name"]).startswith("unknown_service"):  # no OTEL_SERVICE_NAME
        resource = resource.merge(Resource({"service.name": "quarry"}))
    made = TracerProvider(resource=resource)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


def _tracer() -> Any:
    return provider().get_tracer("quarry.jobs")


def _injected() -> str | None:
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


def _extracted(trace_parent: str | None) -> Any:
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": trace_parent or ""}, Context())


def _nothing(settlement: Settlement | None, completed: bool) -> None:
    """Tracing is off."""
