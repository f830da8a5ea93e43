"""GET /metrics: names, rights, and numbers that agree with every other place that shows them."""

import io
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Organisation, User
from jobs import actions, connections, hooks, library, prometheus
from jobs.models import QueueState, Worker
from jobs.rollups import folding
from jobs.submission import Options
from jobs.testing import run_job
from tests.jobs.api.conftest import NewClient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "redis_clean")]
SCORING = Options(queue="scoring")
#: R-METRIC-03, without the circuits, which only providers have.
NAMES = {
    "jobs_count",
    "jobs_completed",
    "jobs_failed",
    "jobs_retried",
    "job_duration_seconds",
    "job_wait_seconds",
    "queue_depth",
    "queue_paused",
    "workers",
    "worker_slots_busy",
    "redis_memory_bytes",
}


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prometheus, "REMEMBERED_SECONDS", 0.0)


def scraped(client: APIClient) -> dict[str, Metric]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {family.name: family for family in text_string_to_metric_families(answer.content.decode())}


def value(families: dict[str, Metric], name: str, **labels: str) -> float:
    samples = [sample for family in families.values() for sample in family.samples if sample.name == name]
    return next(sample.value for sample in samples if labels.items() <= sample.labels.items())


def fail() -> None:
    run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=SCORING)


# --- What it says ---------------------------------------------------------------------------------
def test_the_output_parses_and_has_every_metric(admin: APIClient) -> None:
    run_job("diag-noop", options=SCORING)

    assert set(scraped(admin)) >= NAMES


def test_counters_and_histograms_rise_after_a_job_folded_or_not(admin: APIClient) -> None:
    run_job("diag-noop", options=SCORING)
    before = scraped(admin)
    folding.fold()
    run_job("diag-noop", options=SCORING)
    fail()

    after = scraped(admin)

    of = {"queue": "scoring", "type": "diag-noop"}
    assert value(before, "jobs_completed_total", **of) == 1
    assert value(after, "jobs_completed_total", **of) == 2
    assert value(after, "job_wait_seconds_bucket", le="+Inf", **of) == 2
    assert value(after, "job_duration_seconds_bucket", le="+Inf", outcome="completed", **of) == 2
    assert value(after, "jobs_failed_total", queue="scoring", type="diag-fail", error="VALIDATION_ERROR") == 1


def test_histograms_are_cumulative_and_end_with_everything(admin: APIClient) -> None:
    run_job("diag-sleep", {"ms": 60}, options=SCORING)

    family = scraped(admin)["job_duration_seconds"]

    steps = [(float(s.labels["le"]), s.value) for s in family.samples if s.name == "job_duration_seconds_bucket"]
    assert steps == sorted(steps)
    assert [number for bound, number in steps if bound <= 0.04] == [0, 0]
    assert [number for bound, number in steps if bound >= 0.32] == [1] * sum(bound >= 0.32 for bound, _ in steps)


def test_queues_and_workers_are_gauges(admin: APIClient) -> None:
    actions.enqueue(type="diag-noop", data={}, options=SCORING)
    QueueState.objects.create(queue="scoring", paused=True)
    Worker.objects.create(name="w", host="h", pid=1, slots={"scoring": 4}, busy={"scoring": 3})

    found = scraped(admin)

    assert value(found, "jobs_count", queue="scoring", status="paused") == 1
    assert value(found, "queue_depth", queue="scoring") == 1
    assert value(found, "queue_paused", queue="scoring") == 1
    assert value(found, "workers", queue="scoring") == 1
    assert value(found, "worker_slots_busy", queue="scoring") == 3
    assert value(found, "queue_paused", queue="signals") == 0


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        connections._client.cache_clear()
        yield
    connections._client.cache_clear()


@pytest.mark.usefixtures("no_redis")
def test_with_redis_away_its_memory_is_absent_and_the_rest_is_there(admin: APIClient) -> None:
    found = scraped(admin)

    assert "redis_memory_bytes" not in found
    assert "jobs_count" in found


def circuits() -> dict[str, hooks.Circuit]:
    return {"edgar": hooks.Circuit.OPEN}


def test_circuits_are_shown_once_a_provider_tells_of_one(admin: APIClient, settings: Any) -> None:
    assert "provider_circuit_state" not in scraped(admin)

    settings.PROVIDER_CIRCUITS = "tests.jobs.metrics.test_prometheus.circuits"

    assert value(scraped(admin), "provider_circuit_state", provider="edgar") == 2


def test_within_a_second_the_database_is_read_once(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(prometheus, "REMEMBERED_SECONDS", 60.0)
    monkeypatch.setattr(prometheus, "_last", (-60.0, b""))
    first = prometheus.exposition()

    with django_assert_max_num_queries(0):
        assert prometheus.exposition() == first


# --- Who may see it -------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["viewer", "member", "tenant-admin"])
def test_a_tenants_own_token_does_not_show_the_sums_over_all_tenants(client_of: NewClient, role: str) -> None:
    token = client_of(f"{role}@example.com", role=role, scopes=["metrics:read"])

    assert token.get("/metrics").status_code == 403
    assert token.get("/api/jobs/metrics").status_code == 200


@pytest.mark.parametrize(("scopes", "status"), [(["metrics:read"], 200), (["jobs:read"], 403)])
def test_a_services_token_with_the_scope_shows_them(acme: Organisation, scopes: list[str], status: int) -> None:
    _, secret = tokens.issue(user=None, organisation=acme, name="prometheus", scopes=scopes, is_service=True)

    assert APIClient().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == status


def test_an_admin_needs_the_scope_on_a_token_and_nobody_else_has_them(
    anonymous: APIClient, client_of: NewClient
) -> None:
    assert anonymous.get("/metrics").status_code == 401
    assert client_of("admin@example.com", role="admin", scopes=["jobs:read"]).get("/metrics").status_code == 403
    assert client_of("admin@example.com", role="admin", scopes=["metrics:read"]).get("/metrics").status_code == 200
    client_of("member@example.com", role="member")
    session = Client()
    session.force_login(User.objects.get(email="member@example.com"))
    assert session.get("/metrics").status_code == 403
    session.force_login(User.objects.create_superuser("root@example.com", "a long pass phrase"))
    assert session.get("/metrics/").status_code == 200


# --- One truth ------------------------------------------------------------------------------------
def test_the_same_counts_everywhere_after_a_mixed_workload(admin: APIClient) -> None:
    for _ in range(3):
        run_job("diag-noop", options=SCORING)
    fail()
    actions.enqueue(type="diag-noop", data={}, options=SCORING)
    actions.enqueue(type="diag-noop", data={}, options=Options(queue="scoring", delay=60_000))
    Worker.objects.create(name="w", host="h", pid=1, slots={"scoring": 4})
    text = io.StringIO()
    call_command("worker_health", json=True, stdout=text)

    expected = {"waiting": 1, "delayed": 1, "completed": 3, "failed": 1}
    places = {
        "jobs": admin.get("/api/jobs").json()["queues"]["scoring"],
        "stats": next(q for q in admin.get("/api/jobs/queues/stats").json()["queues"] if q["queue"] == "scoring"),
        "metrics": admin.get("/api/jobs/metrics").json()["metrics"]["scoring"],
        "health": admin.get("/api/health").json()["queues"]["scoring"],
        "command": next(q for q in json.loads(text.getvalue())["queues"] if q["queue"] == "scoring"),
        "library": library.get_queue_metrics("scoring"),
        "all of the library": library.get_all_queue_metrics()["scoring"],
        "prometheus": {
            s.labels["status"]: s.value for s in scraped(admin)["jobs_count"].samples if s.labels["queue"] == "scoring"
        },
    }
    for place, counts in places.items():
        assert {key: counts[key] for key in expected} == expected, place
        assert sum(counts[key] for key in ("active", "paused", "cancelled", "dead", "rateLimited")) == 0, place
