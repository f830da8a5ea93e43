"""Traces: from a request's header over the job's row to each of its attempts; and nothing where it is off."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jobs import actions, execution, tracing
from jobs.actions import Submission
from jobs.models import Job
from jobs.submission import Options
from jobs.testing import run_again, run_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "redis_clean")]
SCORING = Options(queue="scoring")


@pytest.fixture
def exported(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "provider", lambda: provider)
    settings.OTEL_TRACING = True
    yield exporter
    provider.shutdown()


def spans(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    return list(exporter.get_finished_spans())


def test_an_attempt_is_in_the_trace_of_its_submission(exported: InMemorySpanExporter) -> None:
    job = run_job("diag-noop", options=SCORING)

    sent, run = spans(exported)
    assert (sent.name, run.name) == ("enqueue diag-noop", "run diag-noop")
    assert run.parent is not None
    assert (run.context.trace_id, run.parent.span_id) == (sent.context.trace_id, sent.context.span_id)
    assert run.attributes is not None
    assert dict(run.attributes) | {
        "quarry.queue": "scoring",
        "quarry.type": "diag-noop",
        "quarry.job.id": job.public_id,
        "quarry.attempt": 1,
        "quarry.outcome": "completed",
    } == dict(run.attributes)


def test_each_failed_attempt_is_a_span_with_its_error(exported: InMemorySpanExporter) -> None:
    job = run_job("diag-fail", {"errorClass": "NETWORK_ERROR"}, options=Options(queue="scoring", attempts=2))
    run_again(job)

    _, first, second = spans(exported)
    for number, span in enumerate((first, second), start=1):
        assert span.attributes is not None
        assert (span.attributes["quarry.attempt"], span.attributes["error.type"]) == (number, "NETWORK_ERROR")
        assert span.attributes["quarry.outcome"] == "failed"
        assert not span.status.is_ok
    assert first.context.trace_id == second.context.trace_id


def test_a_handler_that_completes_in_its_own_transaction_is_completed(exported: InMemorySpanExporter) -> None:
    run_job("diag-effect", {"key": "k"}, options=SCORING)

    assert (spans(exported)[-1].attributes or {})["quarry.outcome"] == "completed"


def test_jobs_of_one_submission_share_its_span(exported: InMemorySpanExporter) -> None:
    actions.enqueue_many(Submission(type="diag-noop", data={}, options=SCORING) for _ in range(3))

    (sent,) = spans(exported)
    assert (sent.attributes or {})["messaging.batch.message_count"] == 3
    assert len(set(Job.objects.values_list("trace_parent", flat=True))) == 1


def test_a_requests_trace_goes_on(exported: InMemorySpanExporter) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        actions.enqueue(type="diag-noop", data={}, options=SCORING)
        return HttpResponse()

    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    tracing.TracingMiddleware(view)(RequestFactory().post("/", headers={"traceparent": given}))
    actions.enqueue(type="diag-noop", data={}, options=SCORING)

    within, after = spans(exported)
    assert format(within.context.trace_id, "032x") == "0af7651916cd43dd8448eb211c80319c"
    assert within.context.trace_id != after.context.trace_id


def test_a_trace_parent_that_is_nonsense_starts_a_trace_of_its_own(exported: InMemorySpanExporter) -> None:
    job = actions.enqueue(type="diag-noop", data={}, options=SCORING).job()
    Job.objects.filter(pk=job.pk).update(trace_parent="nonsense")

    execution.run(job.pk)

    assert spans(exported)[-1].parent is None


def test_without_the_setting_nothing_is_kept() -> None:
    job = run_job("diag-noop", options=SCORING)

    assert (job.status, job.trace_parent) == ("completed", None)


def test_without_the_setting_nothing_of_it_is_imported() -> None:
    # redis-py looks for OpenTelemetry's API by itself; spans and their exporters are ours.
    code = (
        "import sys, django; django.setup(); import jobs.worker.service, jobs.urls; "
        "sys.exit(any(name.startswith(('opentelemetry.sdk.trace', 'opentelemetry.exporter')) for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
