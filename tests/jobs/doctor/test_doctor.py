"""The doctor: a finding with its remedy for each thing that can be wrong, and silence where nothing is."""

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from jobs import actions, connections
from jobs.alerts.limits import Limits
from jobs.doctor import CHECKS, Finding, database, examine, parts
from jobs.ledger.change import bury
from jobs.models import Job, QueueState, Worker
from jobs.policy import policies
from jobs.schedules.models import Schedule
from jobs.submission import Options
from jobs.testing import run_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "redis_clean")]
SCORING = Options(queue="scoring")


@pytest.fixture(autouse=True)
def all_is_well(settings: Any) -> None:
    """Every queue has a worker, no schedule waits for a scheduler, and this very machine is not asked."""
    settings.SYSTEM_PROBLEMS = ""
    Schedule.objects.all().delete()
    Worker.objects.create(name="w", host="h", pid=1, slots=dict.fromkeys(policies(), 1))


def found() -> dict[str, str]:
    """The findings by check, those about the settings of the tests left out."""
    return {one.check: one.line for one in examine() if one.check != "configuration"}


def test_nothing_is_found_where_all_is_well() -> None:
    assert found() == {}


def test_queues_without_a_worker_are_named_with_the_command_that_starts_one() -> None:
    Worker.objects.update(slots={name: 1 for name in policies() if name not in {"reports", "scoring"}})

    line = found()["workers"]

    assert "No live worker serves scoring, reports" in line
    assert "manage.py workers --queues scoring,reports" in line


def test_paused_queues_are_named_with_who_and_since_when() -> None:
    QueueState.objects.create(queue="scoring", paused=True, paused_at=timezone.now(), paused_by="ana@example.com")

    assert "since 2" in found()["paused-queues"]
    assert "by ana@example.com" in found()["paused-queues"]


def test_a_saturated_limit_is_named_with_its_use() -> None:
    for _ in range(2):
        job = actions.enqueue(type="diag-noop", data={}, options=Options(queue="research")).job()
        Job.objects.filter(pk=job.pk).update(status="rate-limited", run_at=timezone.now())

    assert "2 jobs of research wait for its start limit: 0 of 10" in found()["limits"]


def test_repeated_failures_are_told_with_their_top_classes_and_message() -> None:
    for _ in range(5):
        run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=SCORING)

    line = found()["failures"]

    assert "5 of 5 jobs of scoring failed within an hour: VALIDATION_ERROR 5" in line
    assert "asked to fail" in line


def test_stuck_and_dead_jobs_are_listed() -> None:
    stuck = actions.enqueue(type="diag-noop", data={}, options=SCORING).job()
    dead = run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=SCORING)
    bury([dead.pk])
    began = timezone.now() - timedelta(milliseconds=stuck.timeout_ms, seconds=61)
    soon = timezone.now() + timedelta(minutes=1)
    Job.objects.filter(pk=stuck.pk).update(status="active", started_at=began, lease_until=soon, worker="w")

    assert stuck.public_id in found()["stuck-jobs"]
    assert "1 dead jobs of scoring" in found()["dead-letters"]


def test_a_missing_scheduler_is_found_once_there_is_a_schedule() -> None:
    Schedule.objects.create(name="nightly", declared_cron="0 3 * * *", declared_time_zone="UTC", declared_missed="one")

    assert "manage.py rqscheduler" in found()["scheduler"]


def test_redis_with_a_wrong_policy_or_too_full_is_found(redis_clean: "redis.Redis") -> None:
    redis_clean.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "noeviction" in found()["redis"]
    finally:
        redis_clean.config_set("maxmemory-policy", "noeviction")
    assert list(parts.redis_memory(Limits(redis_memory_mb=0)))


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://:geheim@127.0.0.1:{taken.getsockname()[1]}/0"
        connections._client.cache_clear()
        yield
    connections._client.cache_clear()


@pytest.mark.usefixtures("no_redis")
def test_redis_away_is_one_finding_without_its_password() -> None:
    assert set(found()) == {"redis"}
    assert "geheim" not in found()["redis"]


def test_a_clock_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(database.clock_skew()) == []
    monkeypatch.setattr(database, "SKEW_SECONDS", -1.0)
    assert "NTP" in next(database.clock_skew())[1]


def test_migrations_that_are_not_applied_are_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'jobs' AND name > '0010'")

    assert "manage.py migrate" in found()["migrations"]


def problems() -> list[tuple[str, str]]:
    return [("edgar", "It needs a contact address; set EDGAR_CONTACT.")]


def test_what_providers_lack_comes_from_their_hook(settings: Any) -> None:
    settings.PROVIDER_PROBLEMS = "tests.jobs.doctor.test_doctor.problems"

    assert found()["providers"] == "Provider edgar: It needs a contact address; set EDGAR_CONTACT."


def lacking() -> list[tuple[str, str]]:
    return [("The library is not installed.", "Install it.")]


def test_what_the_machine_lacks_comes_from_a_hook(settings: Any) -> None:
    settings.SYSTEM_PROBLEMS = "tests.jobs.doctor.test_doctor.lacking"

    assert found()["system"] == "The library is not installed. Install it."


def test_unsafe_settings_are_found(settings: Any) -> None:
    settings.DEBUG, settings.API_AUTH_REQUIRED, settings.SECRET_KEY = False, False, "short"

    lines = [one.line for one in examine() if one.check == "configuration"]

    assert any("API_AUTH_REQUIRED" in line for line in lines)
    assert any("DJANGO_SECRET_KEY" in line for line in lines)


def test_the_command_ends_with_1_where_something_is_found() -> None:
    QueueState.objects.create(queue="scoring", paused=True)
    text = io.StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("queue_doctor", json=True, stdout=text)

    assert ended.value.code == 1
    told = json.loads(text.getvalue())
    assert not told["healthy"]
    assert "paused-queues" in {one["check"] for one in told["findings"]}


def test_the_command_ends_with_0_where_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.management.commands.queue_doctor.examine", list[Finding])
    text = io.StringIO()

    call_command("queue_doctor", stdout=text)

    assert f"{len(CHECKS)} checks, nothing found" in text.getvalue()


def test_without_a_database_the_doctor_says_so_and_looks_at_the_rest() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgres://quarry:geheim@127.0.0.1:{taken.getsockname()[1]}/quarry"
        env = {**os.environ, "DATABASE_URL": url, "DATABASE_POOL_TIMEOUT": "1"}
        command = [sys.executable, "manage.py", "queue_doctor"]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1, done.stderr
    assert "✗ database: " in done.stdout
    assert "geheim" not in done.stdout + done.stderr
