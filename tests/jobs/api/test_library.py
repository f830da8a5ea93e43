"""The job layer for Python callers."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs import actions, execution, library, registry
from jobs.models import Job
from jobs.payloads import EntityId, InvalidPayload, Payload
from jobs.registry import job_type

from .conftest import set_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

DATA = {"companyId": "comp_1"}


# --- Enqueue --------------------------------------------------------------------------------------
def test_every_type_has_a_function_of_its_own() -> None:
    handle = library.enqueue_test_note({"company_id": "c"}, priority="high", delay=60_000, job_id="n-1", attempts=5)

    job = Job.objects.get()
    assert (handle.id, handle.type, handle.data["companyId"], handle.status) == ("n-1", "test-note", "c", "delayed")
    assert (job.priority, job.delay_ms, job.max_attempts) == (100, 60_000, 5)
    assert "enqueue_test_note" in dir(library)


def test_the_generic_function_takes_the_same_options() -> None:
    handle = library.enqueue("test_note", DATA, timeout=5000)

    assert handle.job().timeout_ms == 5000


@pytest.mark.parametrize("name", ["enqueue_nothing_known", "enqueue_", "no_such_thing"])
def test_a_type_that_does_not_exist_has_no_function(name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        getattr(library, name)


@pytest.mark.parametrize("options", [{"delay": -1}, {"colour": "red"}, {"job_id": "a b"}, {"attempts": 0}])
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidPayload):
        library.enqueue("test-note", DATA, **options)
    assert not Job.objects.exists()


def test_a_job_of_a_transaction_that_rolls_back_never_was() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  one transaction, which fails
        handle = library.enqueue("test-note", DATA)
        assert handle.status == "waiting"
        raise RuntimeError

    assert not Job.objects.exists()


def test_an_id_again_is_a_duplicate() -> None:
    first = library.enqueue("test-note", DATA, job_id="once")
    second = library.enqueue("test-note", DATA, job_id="once")

    assert (first.duplicate, second.duplicate, first.key) == (False, True, second.key)


@pytest.fixture
def business_enrichment() -> Iterator[None]:
    class Business(Payload):
        business_id: EntityId
        business_name: str

    try:
        registry.get("business-enrichment")
        yield
    except registry.UnknownType:
        job_type("business-enrichment", payload=Business)(lambda payload, job: None)
        yield
        registry.unregister("business-enrichment")


@pytest.mark.usefixtures("business_enrichment")
def test_companies_are_enriched_in_one_batch() -> None:
    companies = [{"businessId": str(number), "businessName": f"Firm {number}"} for number in range(3)]

    handles = library.add_batch_enrichment_jobs(companies)

    assert [handle.data["businessId"] for handle in handles] == ["0", "1", "2"]
    assert Job.objects.filter(type="business-enrichment").count() == 3


def test_a_batch_is_stored_whole_or_not_at_all() -> None:
    with pytest.raises(InvalidPayload, match=r"items\.1\.companyId"):
        library.enqueue_batch("test-note", [DATA, {}])
    assert not Job.objects.exists()


# --- Ask ------------------------------------------------------------------------------------------
def test_a_status_tells_progress_and_result() -> None:
    handle = library.enqueue("test-note", DATA)
    execution.run(handle.key)

    status = library.get_job_status(handle.id)

    assert status == {
        "id": handle.id,
        "status": "completed",
        "progress": 100,
        "stage": "half way",
        "result": {"companyId": "comp_1"},
        "error": None,
    }
    assert library.get_job_status("scoring", handle.id) == status
    with pytest.raises(library.JobNotFound):
        library.get_job_status("research", handle.id)


def test_jobs_are_found_by_id_and_by_what_they_are_about() -> None:
    first, second = library.enqueue("test-note", DATA), library.enqueue("test-note", DATA)
    library.enqueue("test-note", {"companyId": "other"})

    assert library.get_job(first.id).id == first.key
    assert [job.id for job in library.get_jobs_by_related_id("comp_1")] == [second.key, first.key]
    with pytest.raises(library.JobNotFound, match="unknown"):
        library.get_job("unknown")


def test_the_record_exists_once_however_often_it_is_asked_for() -> None:
    handle = library.enqueue("test-plain", {}, job_id="rec-1")

    records = [library.create_job_status("rec-1", "test_plain", "sector-9") for _ in range(2)]

    assert {record.id for record in records} == {handle.key}
    assert Job.objects.get().related_id == "sector-9"
    with pytest.raises(actions.JobIdInUse):
        library.create_job_status("rec-1", "test-note")
    with pytest.raises(library.JobNotFound):
        library.create_job_status("never", "test-note")


def test_metrics_are_those_of_the_api(admin: APIClient) -> None:
    library.enqueue("test-note", DATA)

    metrics = library.get_all_queue_metrics()

    assert metrics == admin.get("/api/jobs/metrics").json()["metrics"]
    assert library.get_queue_metrics("scoring")["waiting"] == 1
    assert len(metrics) == 16


# --- Act ------------------------------------------------------------------------------------------
def test_jobs_are_cancelled_retried_and_removed() -> None:
    handle = library.enqueue("test-note", DATA)

    assert library.cancel_job(handle.id) is True
    assert library.cancel_job(handle.id) is False
    assert library.retry_job(handle.id) is True
    assert library.retry_job(handle.id) is False
    assert handle.status == "waiting"
    assert library.remove_job(handle.id) is True
    with pytest.raises(library.JobNotFound):
        library.remove_job(handle.id)
    assert set(AuditEntry.objects.values_list("actor", flat=True)) == {"system"}


def test_a_dead_job_is_retried_and_an_active_one_removed_with_force() -> None:
    handle = library.enqueue("test-note", DATA)
    set_job(handle.id, status="dead")

    assert library.retry_job(handle.id) is False
    assert library.retry_job(handle.id, force=True) is True
    set_job(handle.id, status="active")
    assert library.remove_job(handle.id) is False
    assert library.remove_job(handle.id, force=True) is True


# --- Queues ---------------------------------------------------------------------------------------
def test_a_queue_is_had_by_any_of_its_names() -> None:
    assert library.get_queue("buying_signals").name == "signals"
    with pytest.raises(library.UnknownQueue, match="nope"):
        library.get_queue("nope")


def test_a_queue_is_paused_and_resumed() -> None:
    queue = library.get_queue("scoring")
    handle = library.enqueue("test-note", DATA)

    assert (queue.pause(), queue.pause()) == (True, False)
    assert (queue.is_paused, handle.status) == (True, "paused")
    assert (queue.resume(), queue.resume()) == (True, False)
    assert (queue.is_paused, handle.status) == (False, "waiting")


def test_a_queue_lists_counts_and_cleans_its_jobs() -> None:
    queue = library.get_queue("scoring")
    waiting, done, failed = (library.enqueue("test-note", DATA) for _ in range(3))
    set_job(done.id, status="completed")
    set_job(failed.id, status="failed", error_message="too bad", attempts_made=3)

    assert [job.public_id for job in queue.get_jobs()] == [waiting.id]
    assert len(queue.get_jobs("all")) == 3
    assert queue.counts()["total"] == 3
    (letter,) = queue.get_failed()
    assert (letter.public_id, letter.error_message, letter.attempts_made) == (failed.id, "too bad", 3)
    assert queue.clean(0, 10, "completed") == [done.id]
    assert queue.retry_failed() == [failed.id]
    assert queue.remove_jobs([waiting.id, "unknown"]).removed == [waiting.id]
    with pytest.raises(ValueError, match="active"):
        queue.clean(0, 10, "active")
