"""Alerts on real rows: begun, repeated, ended, and told."""

import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
import redis
from django.db import connections
from django.utils import timezone

from jobs import actions
from jobs.alerts import evaluation, watch
from jobs.alerts.limits import Limits
from jobs.alerts.models import Alert
from jobs.alerts.snapshot import QueueFacts, RedisFacts, Snapshot
from jobs.models import Job, Tick, Worker
from jobs.submission import Options
from jobs.testing import age, run_again, run_job

from .mails import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "recipients", "redis_clean")]

LIMITS = Limits(queue_depth=5)


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.INFO, logger="quarry.alerts"):
        yield caplog


def look(waiting: int) -> None:
    queue = QueueFacts(name="scoring", waiting=waiting, workers=1, finished_lately=1)
    evaluation.apply(Snapshot(queues=(queue,), redis=RedisFacts(used_bytes=1, limit_bytes=0)), LIMITS)


# --- From begin to end ----------------------------------------------------------------------------
def test_an_alert_begins_once_and_ends_once(warnings: pytest.LogCaptureFixture) -> None:
    for waiting in (6, 7, 5, 4, 4):
        look(waiting)

    alert = Alert.objects.get()
    assert (alert.rule, alert.subject, alert.queue, alert.severity) == ("queue-depth", "scoring", "scoring", "warning")
    assert alert.resolved_at is not None
    assert [record.message for record in warnings.records if record.name == "quarry.alerts"] == [
        "Queue scoring has 6 waiting jobs",
        "Resolved: Queue scoring has 5 waiting jobs",
    ]
    subjects = deliver()
    assert len(subjects) == 2
    assert "firing: Queue scoring has 6 waiting jobs" in subjects[0]
    assert "resolved" in subjects[1]


def test_an_alert_is_repeated_after_half_an_hour_unless_acknowledged() -> None:
    look(6)
    deliver()
    Alert.objects.update(last_notified_at=timezone.now() - timedelta(minutes=29))
    look(8)
    assert deliver() == []

    Alert.objects.update(last_notified_at=timezone.now() - timedelta(minutes=31))
    look(8)
    assert ["still firing: Queue scoring has 8" in subject for subject in deliver()] == [True]

    Alert.objects.update(
        last_notified_at=timezone.now() - timedelta(minutes=31), acknowledged_at=timezone.now(), acknowledged_by="ana"
    )
    look(8)
    assert deliver() == []


def test_an_alert_that_comes_back_is_a_new_one() -> None:
    for waiting in (6, 0, 6):
        look(waiting)

    assert Alert.objects.filter(resolved_at__isnull=True).count() == 1
    assert Alert.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_simultaneous_looks_make_one_alert_and_one_notice() -> None:
    def once() -> None:
        look(6)
        connections.close_all()

    threads = [threading.Thread(target=once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Alert.objects.count() == 1
    assert Job.objects.filter(type="alert-email").count() == 1


# --- Against the real parts -----------------------------------------------------------------------
def test_waiting_jobs_without_a_worker_are_found_by_a_real_look(settings: Any) -> None:
    settings.ALERT_QUEUE_DEPTH = 2
    for _ in range(3):
        age(actions.enqueue(type="diag-noop", data={}, options=Options(queue="scoring")).job(), timedelta(minutes=11))

    evaluation.evaluate()

    assert set(Alert.objects.values_list("rule", "subject")) == {("queue-depth", "scoring"), ("no-progress", "scoring")}
    Worker.objects.create(name="w", host="h", pid=1, slots={"scoring": 1}, memory_mb=900)
    run_job("diag-noop", options=Options(queue="scoring"))
    evaluation.evaluate()
    assert set(Alert.objects.filter(resolved_at=None).values_list("rule", flat=True)) == {
        "queue-depth",
        "worker-memory",
    }


def test_a_redis_near_its_limit_alerts(redis_clean: "redis.Redis") -> None:
    redis_clean.config_set("maxmemory", "1mb")
    try:
        evaluation.evaluate()
    finally:
        redis_clean.config_set("maxmemory", "0")

    assert Alert.objects.get().rule == "redis-memory"


def test_a_job_active_beyond_its_time_is_stuck() -> None:
    job = actions.enqueue(type="diag-noop", data={}, options=Options(queue="scoring")).job()
    long_ago = timezone.now() - timedelta(milliseconds=job.timeout_ms, seconds=61)
    Job.objects.filter(pk=job.pk).update(
        status="active", started_at=long_ago, lease_until=timezone.now() + timedelta(minutes=1), worker="w"
    )

    evaluation.evaluate()

    assert job.public_id in Alert.objects.get(rule="stuck-jobs").message


def test_the_watch_looks_once_a_minute_however_many_watch() -> None:
    watch.look()
    first = Tick.objects.get(name="alerts").last_run_at

    watch.look()

    assert Tick.objects.get(name="alerts").last_run_at == first


def test_news_waits_for_the_workers_where_one_lives() -> None:
    Worker.objects.create(name="w", host="h", pid=1, slots={"default": 1})
    look(6)

    assert deliver() == []
    assert Job.objects.get(type="alert-email").status == "waiting"


def test_mail_that_cannot_be_sent_is_tried_again(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    look(6)

    deliver()

    job = Job.objects.get(type="alert-email")
    assert (job.status, job.delay_reason) == ("delayed", "retry")


class Receiver(BaseHTTPRequestHandler):
    """Answers what `statuses` holds, the last one for ever, and keeps what it got."""

    got: ClassVar[list[dict[str, Any]]] = []
    statuses: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def receiver(settings: Any) -> Iterator[type[Receiver]]:
    Receiver.got.clear()
    Receiver.statuses[:] = [204]
    settings.ALERT_EMAILS = []
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        settings.ALERT_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/alerts"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Receiver
        server.shutdown()
        thread.join()


def test_the_webhook_gets_one_firing_and_one_resolved_message(receiver: type[Receiver]) -> None:
    for waiting in (6, 7, 0):
        look(waiting)
    deliver()

    assert [message["type"] for message in receiver.got] == ["alert.firing", "alert.resolved"]
    assert receiver.got[0]["data"]["queue"] == "scoring"
    assert receiver.got[1]["data"]["resolvedAt"]


def test_a_webhook_that_is_refused_is_sent_again(receiver: type[Receiver]) -> None:
    receiver.statuses[:] = [503, 204]
    look(6)

    deliver()

    job = Job.objects.get(type="alert-webhook")
    assert (job.status, job.error_type) == ("delayed", "NETWORK_ERROR")
    assert run_again(job).status == "completed"
