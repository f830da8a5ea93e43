"""The commands, as their user meets them."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import AuditEntry
from jobs import actions, execution, health
from jobs.management.command_line import describe, failures, follow
from jobs.models import Job, Worker
from jobs.policy import business_queues

from .conftest import set_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

DATA = '{"companyId": "comp_1"}'


def run(*words: Any, code: int = 0) -> str:
    """What a command prints; `code` is its exit code."""
    out = io.StringIO()
    ended = 0
    try:
        call_command(*words, stdout=out)
    except SystemExit as stopped:
        ended = int(stopped.code or 0)
    assert ended == code, out.getvalue()
    return out.getvalue()


def a_job(status: str = "waiting", **values: Any) -> str:
    handle = actions.enqueue(type="test-note", data={"companyId": "comp_1"})
    set_job(handle.id, status=status, **values)
    return handle.id


# --- enqueue --------------------------------------------------------------------------------------
def test_a_job_is_enqueued_with_data_and_options() -> None:
    said = run("enqueue", "test_note", "--data", DATA, "--options", '{"jobId": "cli-1", "priority": "high"}')

    job = Job.objects.get()
    assert said == "test-note job cli-1 enqueued on scoring\n"
    assert (job.public_id, job.priority, job.user_id) == ("cli-1", 100, "system")
    assert "exists already" in run("enqueue", "test-note", "--data", DATA, "--options", '{"jobId": "cli-1"}')


def test_json_prints_the_resource_and_nothing_else() -> None:
    shown = json.loads(run("enqueue", "test-note", "--data", DATA, "--json"))

    assert (shown["type"], shown["status"]) == ("test-note", "waiting")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bogus"], "no job type"),
        (["test-note", "--data", "{}"], "companyId is required"),
        (["test-note", "--data", "[]"], "--data: it must be a JSON object"),
        (["test-note", "--data", "{"], "--data: it is not JSON"),
        (["test-note", "--data", '{"a":"\\ud800"}'], "--data"),
        (["test-note", "--data", DATA, "--options", '{"delay": -1}'], "options.delay must be a whole number"),
        (["test-note", "--data", DATA, "--options", "nonsense"], "--options: it is not JSON"),
    ],
)
def test_mistakes_are_told_in_a_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("enqueue", *words)
    assert not Job.objects.exists()


def test_without_queue_processing_the_command_runs_the_job(settings: Any) -> None:
    settings.USE_QUEUE_PROCESSING = False

    said = run("enqueue", "test-note", "--data", DATA, "--watch")

    assert "✓ test-note" in said
    assert Job.objects.get().status == "completed"


@pytest.mark.parametrize(("text", "code"), [("fine", 0), ("fail", 1)])
def test_watching_ends_with_the_jobs_own_success(settings: Any, text: str, code: int) -> None:
    settings.USE_QUEUE_PROCESSING = False

    said = run("enqueue", "test-note", "--data", json.dumps({"companyId": "c", "text": text}), "--watch", code=code)

    assert ("✓" if code == 0 else "failed: the text says so") in said


def test_watching_gives_up_after_its_timeout() -> None:
    said = run("enqueue", "test-note", "--data", DATA, "--watch", "--timeout", "0", code=1)

    assert "No live worker serves the queue scoring" in said


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_changes_and_a_file_a_line_per_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:

    def play(out: io.StringIO) -> str:
        job = Job.objects.get(public_id=a_job("active", progress=0))
        steps = iter([(25, "reading"), (25, "reading"), (75, "writing"), None])

        def step(seconds: float) -> None:
            now = next(steps)
            if now is None:
                set_job(job.public_id, status="completed", duration_ms=1500, lease_until=None)
            else:
                Job.objects.filter(pk=job.pk).update(progress=now[0], stage=now[1])

        monkeypatch.setattr("time.sleep", step)
        last = follow(job.id, out)
        assert last is not None
        assert last["status"] == "completed"
        return out.getvalue()

    lines = play(io.StringIO()).splitlines()
    assert [line.split("  ")[-1] for line in lines[1:3]] == ["reading", "writing"]
    assert len(lines) == 4
    assert lines[-1].endswith("completed in 1.5 s")
    screen = play(Screen())
    assert screen.count("\n") == 1
    assert screen.count("\r") == 4
    assert "██████░░" in screen


def test_a_job_that_is_removed_while_it_is_watched_is_no_success() -> None:
    out = io.StringIO()

    assert follow(12345, out) is None
    assert out.getvalue() == "removed\n"


# --- jobs -----------------------------------------------------------------------------------------
def test_a_job_is_shown_with_attempts_and_log() -> None:
    job_id = a_job()
    execution.run(Job.objects.get(public_id=job_id).id)

    said = run("jobs", "show", job_id)
    full = json.loads(run("jobs", "show", job_id, "--json"))

    assert "✓ test-note" in said
    assert "attempt 1" in said
    assert "half way there" in said
    assert (full["id"], len(full["attemptHistory"]), len(full["log"])) == (job_id, 1, 1)


def test_a_job_is_cancelled_and_retried_under_the_users_name() -> None:
    job_id = a_job()

    assert "cancelled" in run("jobs", "cancel", job_id)
    with pytest.raises(CommandError, match="is cancelled"):
        run("jobs", "cancel", job_id)
    assert "waits to run again" in run("jobs", "retry", job_id)
    with pytest.raises(CommandError, match="is waiting"):
        run("jobs", "retry", job_id)
    assert {entry.actor_name.endswith("at the command line") for entry in AuditEntry.objects.all()} == {True}


def test_a_dead_job_is_retried_with_force() -> None:
    job_id = a_job("dead")

    with pytest.raises(CommandError, match="--force"):
        run("jobs", "retry", job_id)
    run("jobs", "retry", job_id, "--force")


@pytest.mark.parametrize(("status", "code"), [("completed", 0), ("failed", 1), ("cancelled", 1)])
def test_watching_a_job_that_has_ended_ends_at_once(status: str, code: int) -> None:
    run("jobs", "watch", a_job(status), code=code)


def test_an_unknown_job_is_told() -> None:
    with pytest.raises(CommandError, match="There is no job 'unknown'"):
        run("jobs", "show", "unknown")


# --- Queues ---------------------------------------------------------------------------------------
def test_the_queues_are_shown_as_a_table_and_as_json() -> None:
    a_job()
    a_job("failed")

    table = run("queue_status")
    entries = json.loads(run("queue_status", "--json"))["queues"]

    assert next(line for line in table.splitlines() if line.startswith("scoring")).split()[1] == "1"
    scoring = next(entry for entry in entries if entry["queue"] == "scoring")
    assert (scoring["waiting"], scoring["failed"], scoring["total"], scoring["isPaused"]) == (1, 1, 2, False)
    assert len(entries) == 17


def test_old_jobs_are_cleaned() -> None:
    old = timezone.now() - timedelta(days=2)
    a_job("completed", finished_at=old)
    a_job("failed", finished_at=old)
    a_job("completed")

    assert "scoring: removed 1 completed jobs" in run("queue_clean")
    assert "removed 1 failed jobs" in run("queue_clean", "--queue", "scoring", "--status", "failed", "--grace-ms", "0")
    assert Job.objects.count() == 1


@pytest.mark.parametrize("words", [["--queue", "nope"], ["--status", "active"], ["--limit", "0"], ["--grace-ms", "-1"]])
def test_a_wrong_clean_is_told(words: list[str]) -> None:
    with pytest.raises(CommandError):
        run("queue_clean", *words)


def test_failed_jobs_are_retried() -> None:
    a_job("failed")
    a_job("dead")

    assert run("retry_failed", "--queue", "scoring") == "scoring: retried 1 failed jobs\n"
    assert sorted(Job.objects.values_list("status", flat=True)) == ["dead", "waiting"]


# --- worker_health --------------------------------------------------------------------------------
def serve_all(**values: Any) -> None:
    slots = {rules.name: 1 for rules in business_queues()}
    Worker.objects.create(**{"name": "w", "host": "h", "pid": 1, "slots": slots} | values)


def test_all_up_is_healthy_and_every_queue_is_listed() -> None:
    serve_all()

    said = run("worker_health")
    report = json.loads(run("worker_health", "--json"))

    assert "Overall:   healthy" in said
    assert all(rules.name in said for rules in business_queues())
    assert report["redis"]["connected"] is True
    assert len(report["queues"]) == 16


def test_without_workers_it_is_unhealthy() -> None:
    assert "Overall:   unhealthy" in run("worker_health", code=1)


def test_redis_down_is_unhealthy_and_the_password_is_never_shown(settings: Any) -> None:
    from jobs import connections

    serve_all()
    settings.REDIS_URL = "redis://user:geheim@127.0.0.1:1/0?password=geheim"
    connections._client.cache_clear()
    try:
        said = run("worker_health", code=1) + run("worker_health", "--json", code=1)
    finally:
        connections._client.cache_clear()

    assert "geheim" not in said
    assert "redis://user:***@127.0.0.1:1/0" in said
    assert "Redis does not answer" in said


def test_numbers_have_separators_and_failures_a_percentage() -> None:
    assert failures(1234, 12) == "12 (1.0%)"
    assert failures(0, 0) == "0 (0.0%)"
    assert failures(0, 1234) == "1,234 (100.0%)"


def test_a_containers_probe_asks_for_this_hosts_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "pod-1")
    monkeypatch.setattr(health, "process_exists", lambda pid: pid < 100)

    run("worker_health", "--self", code=1)
    serve_all(host="pod-2")
    run("worker_health", "--self", code=1)
    serve_all(name="mine", host="pod-1", pid=7)
    run("worker_health", "--self")
    serve_all(name="gone", host="pod-1", pid=101, heartbeat_at=timezone.now() - timedelta(hours=1))
    run("worker_health", "--self")
    serve_all(name="former life", host="pod-1", pid=7, heartbeat_at=timezone.now() - timedelta(minutes=10))
    run("worker_health", "--self")
    serve_all(name="hung", host="pod-1", pid=8, heartbeat_at=timezone.now() - timedelta(seconds=91))
    run("worker_health", "--self", code=1)


def test_a_running_job_is_described_with_a_bar() -> None:
    resource = {"type": "t", "id": "i", "status": "active", "progress": 50, "stage": "reading"}

    assert describe(resource) == "→ t i ████████████░░░░░░░░░░░░  50%  reading"
