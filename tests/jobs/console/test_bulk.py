"""Actions on many jobs: by hand at once, on all matches as a job that survives being killed."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import AuditEntry
from jobs.bulk import tasks
from jobs.bulk.models import BulkAction
from jobs.library import enqueue, enqueue_batch
from jobs.models import Job
from jobs.search import indexing
from jobs.testing import run_again
from tests.survival.processes import eventually

from .conftest import BASE

BULK = f"{BASE}/bulk"


def failed(number, **values):
    """So many failed jobs, made at once."""
    ids = [handle.key for handle in enqueue_batch("diag-noop", [{}] * number)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET status = 'failed', finished_at = now(), error_type = 'API_ERROR' WHERE id = ANY(%s)",
            [ids],
        )
    return ids


@pytest.fixture(autouse=True)
def quiet(redis_clean, diagnostic_types):
    pass


def test_a_selection_is_acted_on_at_once_with_one_entry(operator, db):
    failed(3)
    chosen = list(Job.objects.values_list("public_id", flat=True)[:2])

    answer = operator.post(BULK, {"action": "retry", "id": chosen, "back": f"{BASE}/jobs/?q=x"})

    assert answer.url == f"{BASE}/jobs/?q=x"
    assert Job.objects.filter(status="waiting").count() == 2
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details["count"], set(entry.details["ids"])) == ("job.retry", 2, set(chosen))


def test_what_the_states_forbid_is_told(operator, db):
    failed(1)
    waiting = enqueue("diag-noop", {}).id
    ids = list(Job.objects.values_list("public_id", flat=True))

    page = operator.post(BULK, {"action": "retry", "id": ids}, follow=True).content.decode()

    assert "1 of 2 jobs wait to run again. Only failed and cancelled jobs can be." in page
    assert Job.objects.get(public_id=waiting).status == "waiting"


def test_removing_and_everything_ask_first(operator, db):
    failed(3)
    assert indexing.catch_up(seconds=20)
    chosen = Job.objects.values_list("public_id", flat=True)[0]

    asked = operator.post(BULK, {"action": "remove", "id": [chosen]}).content.decode()
    everything = operator.post(BULK, {"action": "retry", "scope": "all", "q": "status:failed"}).content.decode()

    assert "deleted for good" in asked
    assert "<code>status:failed</code>: 3 now" in everything
    assert Job.objects.filter(status="failed").count() == 3
    assert not BulkAction.objects.exists()


def test_a_destructive_action_on_very_many_wants_its_name_typed(operator, db, monkeypatch):
    from jobs.console import bulk

    monkeypatch.setattr(bulk, "TYPED_FROM", 2)
    failed(3)
    assert indexing.catch_up(seconds=20)
    body = {"action": "bury", "scope": "all", "q": "status:failed", "confirm": "yes"}

    refused = operator.post(BULK, body)
    wrong = operator.post(BULK, body | {"word": "yes"})
    assert (refused.status_code, wrong.status_code, BulkAction.objects.count()) == (422, 422, 0)

    operator.post(BULK, body | {"word": "Bury"})
    assert BulkAction.objects.count() == 1


def test_a_query_that_was_not_understood_is_never_acted_on(operator, db):
    failed(2)

    answer = operator.post(BULK, {"action": "retry", "scope": "all", "q": "stauts:failed", "confirm": "yes"})

    assert answer.status_code == 422
    assert not BulkAction.objects.exists()


def test_all_matches_are_done_by_a_job_and_none_that_came_later(operator, db, monkeypatch):
    monkeypatch.setattr(tasks, "CHUNK", 2)
    failed(5)
    waiting = enqueue("diag-noop", {}).id
    assert indexing.catch_up(seconds=20)

    answer = operator.post(BULK, {"action": "bury", "scope": "all", "q": "status:failed", "confirm": "yes"})
    later = failed(1)
    bulk_job = Job.objects.get(type="bulk-action")
    assert answer.url.endswith(f"/jobs/{bulk_job.public_id}")
    done = run_again(bulk_job)

    assert (done.status, done.result) == ("completed", {"done": 5, "skipped": 0, "failed": 0})
    assert Job.objects.filter(status="dead").count() == 5
    assert Job.objects.get(pk=later[0]).status == "failed"
    assert Job.objects.get(public_id=waiting).status == "waiting"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.details["filter"], entry.target_id) == (
        "jobs.bulk-bury",
        "status:failed",
        bulk_job.public_id,
    )


def test_jobs_that_no_longer_allow_it_are_skipped(operator, db):
    failed(3)
    assert indexing.catch_up(seconds=20)
    operator.post(BULK, {"action": "bury", "scope": "all", "q": "type:diag-noop", "confirm": "yes"})
    Job.objects.filter(pk=Job.objects.first().pk).update(status="dead")

    done = run_again(Job.objects.get(type="bulk-action"))

    assert done.result == {"done": 2, "skipped": 1, "failed": 0}


_SLOW = """
CREATE FUNCTION slow_bury() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_sleep(0.003); INSERT INTO buried VALUES (NEW.id); RETURN NEW; END $$;
CREATE TABLE buried (id bigint);
CREATE TRIGGER slow_bury AFTER UPDATE ON jobs_job FOR EACH ROW
    WHEN (NEW.status = 'dead' AND OLD.status = 'failed') EXECUTE FUNCTION slow_bury();
"""
_FAST = "DROP TRIGGER slow_bury ON jobs_job; DROP FUNCTION slow_bury(); DROP TABLE buried"


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(operator, process_env):
    environment = process_env | {"QUARRY_DIAGNOSTICS": "1", "LEASE_SECONDS": "2"}
    failed(500)
    with connection.cursor() as cursor:
        cursor.execute(_SLOW)
    workers = []

    def worker():
        command = [sys.executable, "manage.py", "rqworker", "default"]
        workers.append(
            subprocess.Popen(
                command,
                env=environment,
                cwd=settings.BASE_DIR,
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    try:
        assert indexing.catch_up(seconds=20)
        operator.post(BULK, {"action": "bury", "scope": "all", "q": "status:failed", "confirm": "yes"})
        worker()
        eventually(lambda: BulkAction.objects.get().done >= tasks.CHUNK, seconds=60)
        os.killpg(workers[0].pid, signal.SIGKILL)
        workers[0].wait()
        assert BulkAction.objects.get().done < 500
        worker()
        eventually(lambda: Job.objects.get(type="bulk-action").status == "completed", seconds=60)

        assert Job.objects.get(type="bulk-action").result == {"done": 500, "skipped": 0, "failed": 0}
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT id) FROM buried")
            assert cursor.fetchone() == (500, 500)
    finally:
        for process in workers:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        with connection.cursor() as cursor:
            cursor.execute(_FAST)
