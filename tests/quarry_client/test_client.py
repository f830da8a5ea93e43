"""The verbs, against the project's own server with real tokens."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from config.env import Limit
from jobs.models import Job as JobRow
from jobs.models import Worker as WorkerRow
from jobs.testing import run_again
from prospects.companies import ensure_company
from quarry_client import (
    Conflict,
    InvalidInput,
    JobStatus,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReachable,
    Options,
    QuarryClient,
    QuotaExceeded,
    Throttled,
    TooLarge,
    UnexpectedAnswer,
)
from reports.models import Report
from tests.reports.test_api import CONTENT, report

from .conftest import TOKEN, NewClient


def run(job_id: str) -> None:
    run_again(JobRow.objects.get(public_id=job_id))


# --- Jobs -------------------------------------------------------------------------------------------
def test_a_job_is_enqueued_once_and_says_what_became_of_it(quarry: QuarryClient) -> None:
    options = Options(job_id="one", priority="high", attempts=2, timeout=timedelta(seconds=9))

    first = quarry.enqueue("diag-progress", {"steps": 2, "ms": 0}, options=options)
    again = quarry.enqueue("diag-progress", {"steps": 2, "ms": 0}, options=options)
    run("one")
    ended = quarry.job("one", include=["attempts", "log"])

    assert (first.id, first.status, first.duplicate, again.duplicate) == ("one", JobStatus.WAITING, False, True)
    assert (first.priority, first.max_attempts, first.timeout_ms) == (100, 2, 9000)
    assert first.explanation is not None
    assert (ended.completed, ended.result, len(ended.attempt_history)) == (True, {"steps": 2}, 1)
    assert ended.attempt_history[0].outcome == "completed"


def test_a_failed_job_says_why_and_can_be_retried(quarry: QuarryClient) -> None:
    job = quarry.enqueue("diag-fail", {"errorClass": "VALIDATION_ERROR"})
    run(job.id)

    failed = quarry.job(job)

    assert (failed.ended, failed.completed, failed.error and failed.error.type) == (True, False, "VALIDATION_ERROR")
    assert quarry.retry(job).status == JobStatus.WAITING


def test_jobs_are_cancelled_and_removed_and_then_not_found(quarry: QuarryClient) -> None:
    job = quarry.enqueue("diag-noop")

    assert quarry.cancel(job).status == JobStatus.CANCELLED
    with pytest.raises(Conflict) as caught:
        quarry.cancel(job)
    assert caught.value.code == "not_cancellable"
    assert quarry.remove(job).removed
    with pytest.raises(NotFound):
        quarry.job(job)


def test_many_jobs_are_stored_together_with_the_one_that_follows(quarry: QuarryClient) -> None:
    stored = quarry.enqueue_many("diag-noop", [{}, {}, {}], on_complete={"type": "diag-noop"}, name="three")

    assert stored.batch is not None
    batch = quarry.batch(stored.batch.id)
    assert (stored.count, len(stored.jobs), batch.name, batch.counts.total) == (3, 3, "three", 3)


def test_a_workflow_is_declared_once_seen_and_cancelled(quarry: QuarryClient) -> None:
    steps = {"first": {"type": "diag-noop"}, "then": {"type": "diag-noop", "dependsOn": ["first"]}}

    declared = quarry.declare_workflow({"id": "flow", "jobs": steps})
    again = quarry.declare_workflow({"id": "flow", "jobs": steps})

    assert (declared.duplicate, again.duplicate) == (False, True)
    assert [step.name for step in quarry.workflow("flow").jobs] == ["first", "then"]
    assert {step.status for step in quarry.cancel_workflow("flow").jobs} == {JobStatus.CANCELLED}


def test_a_search_goes_on_over_its_pages(quarry: QuarryClient) -> None:
    made = [quarry.enqueue("diag-noop").id for _ in range(5)]

    page = quarry.search("type:diag-noop", limit=2)

    assert (page.count, page.has_more, page.next_cursor is None) == (2, True, False)
    assert [job.id for job in quarry.search_all("type:diag-noop", limit=2)] == made[::-1]
    assert quarry.search(queue="scoring").jobs == ()


# --- Queues, workers, schedules -----------------------------------------------------------------------
def test_queues_are_shown_paused_resumed_cleaned_and_retried(new_client: NewClient) -> None:
    admin = new_client(role="admin")
    failed = admin.enqueue("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options={"queue": "scoring"})
    run(failed.id)

    assert admin.queue("scoring").counts.failed == 1
    assert [admin.pause("scoring", reason="repair").changed, admin.pause("scoring").changed] == [True, False]
    assert [one.queue for one in admin.queues() if one.is_paused] == ["scoring"]
    assert admin.resume("scoring").is_paused is False
    assert admin.retry_failed("scoring").ids == (failed.id,)
    run(failed.id)
    assert admin.clean("scoring", status="failed", grace=timedelta()).removed == 1
    assert len(admin.queues(include_internal=True)) == len(admin.queues()) + 1


def test_workers_and_health_are_shown(new_client: NewClient) -> None:
    WorkerRow.objects.create(name="w1", host="here", pid=1, slots={"scoring": 3}, busy={"scoring": 1})
    admin = new_client(role="admin")

    (scoring,) = [one for one in admin.workers(detail=True) if one.name == "scoring"]
    health = admin.health()

    assert (scoring.is_running, scoring.concurrency, scoring.busy, scoring.slots[0].worker) == (True, 3, 1, "w1")
    assert (health.status, health.database, health.workers["scoring"]) == (
        "degraded",
        "ok",
        health.workers["scoring"],
    )


def test_schedules_are_listed_paused_resumed_and_run(new_client: NewClient) -> None:
    from jobs.schedules import registration

    registration.sync()
    admin = new_client(role="admin")

    name = admin.schedules()[0].name

    assert admin.pause_schedule(name).schedule.state == "paused"
    assert admin.resume_schedule(name).schedule.state == "on"
    assert admin.run_schedule("ucc-daily").jobs == len(admin.run_schedule("ucc-daily").ids) > 0


# --- Research, lists, reports -------------------------------------------------------------------------
def test_a_research_is_asked_for_read_and_counted(quarry: QuarryClient) -> None:
    company = ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")

    with pytest.raises(NotFound):
        quarry.research_result(company.key)
    receipt = quarry.research(company.key)
    run(receipt.job.id)
    found = quarry.research_result(company.key)

    assert (receipt.job.type, receipt.quota.researches_used) == ("research", 1)
    assert (found.company_name, found.job_id, len(found.sections)) == ("Beta Mills LLC", receipt.job.id, 8)
    assert 0 <= found.confidence_score <= 1


def test_a_used_up_quota_says_so_and_is_not_tried_again(quarry: QuarryClient) -> None:
    ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")
    User.objects.update(research_quota=0)

    with pytest.raises(QuotaExceeded) as caught:
        quarry.research("comp_1")

    assert (caught.value.quota.researches_limit, caught.value.code) == (0, "quota_exceeded")


def test_a_list_is_looked_at_and_stored(quarry: QuarryClient, tmp_path: Path) -> None:
    list_ = tmp_path / 'the "new" list é.csv'
    list_.write_text("name,domain\nBeta Mills,beta.example\n,nobody.example\n")

    draft = quarry.upload(list_, kind="companies", dry_run=True)
    started = quarry.start_import(draft.id)
    assert started.job_id is not None
    run(started.job_id)
    done = quarry.import_(draft.id)

    assert draft.preview is not None
    assert (draft.status, draft.preview.checked, draft.preview.wrong, draft.file_name) == ("draft", 2, 1, list_.name)
    assert (done.status, done.created, done.rejected) == ("done", 1, 1)
    assert done.rejected_rows[0].row == 3
    with pytest.raises(Conflict):
        quarry.start_import(draft.id)


def test_reports_are_listed_and_their_files_downloaded(quarry: QuarryClient, tmp_path: Path) -> None:
    stored = report(kind="research", title="Beta")
    target = tmp_path / "beta.pdf"

    page = quarry.reports(kind="research", query="Bet")
    quarry.download(page.reports[0], target)

    assert [(one.id, one.title) for one in page.reports] == [(stored.public_id, "Beta")]
    assert target.read_bytes() == CONTENT
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_is_not_what_the_report_says_is_not_kept(quarry: QuarryClient, tmp_path: Path) -> None:
    stored = report(kind="research")
    target = tmp_path / "beta.pdf"
    target.write_bytes(b"what was there")
    Report.objects.update(sha256="0" * 64)

    with pytest.raises(NotReachable, match="did not arrive whole"):
        quarry.download(stored.public_id, target)

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"what was there"]


def test_a_report_without_a_file_is_a_conflict(quarry: QuarryClient, tmp_path: Path) -> None:
    stored = report(kind="research")
    Report.objects.update(file="")

    with pytest.raises(Conflict) as caught:
        quarry.download(stored.public_id, tmp_path / "x")

    assert (caught.value.code, list(tmp_path.iterdir())) == ("no_file", [])


# --- Refusals -----------------------------------------------------------------------------------------
def test_fields_at_fault_are_named(quarry: QuarryClient) -> None:
    with pytest.raises(InvalidInput) as caught:
        quarry.enqueue("diag-sleep", {"ms": -1, "colour": "red"})

    assert caught.value.fields.keys() == {"ms", "colour"}
    assert (caught.value.status, caught.value.code) == (400, "validation_error")
    assert caught.value.request_id


def test_a_token_that_holds_no_longer_and_a_right_that_is_missing(
    quarry: QuarryClient, new_client: NewClient, base_url: str
) -> None:
    with QuarryClient(base_url, TOKEN) as stranger, pytest.raises(NotAuthenticated):
        stranger.queues()
    with pytest.raises(NotAllowed, match="role admin"):
        quarry.pause("scoring")
    with pytest.raises(NotAllowed):
        new_client(role="viewer").enqueue("diag-noop")


def test_a_job_id_of_another_type_is_a_conflict(quarry: QuarryClient) -> None:
    quarry.enqueue("diag-noop", options=Options(job_id="one"))

    with pytest.raises(Conflict) as caught:
        quarry.enqueue("diag-sleep", {"ms": 0}, options=Options(job_id="one"))

    assert caught.value.code == "job_id_in_use"


def test_a_body_that_is_too_large_is_refused(quarry: QuarryClient, settings: Any) -> None:
    settings.MAX_JOB_PAYLOAD_BYTES = 1000

    with pytest.raises(TooLarge):
        quarry.enqueue("diag-noop", {"text": "x" * 2000})


def test_too_many_submissions_are_throttled_for_a_time_that_is_told(new_client: NewClient, settings: Any) -> None:
    settings.SUBMISSION_RATE_LIMIT = Limit(count=1, window_ms=60_000)
    hasty = new_client(repeat_for=1)
    hasty.enqueue("diag-noop")

    with pytest.raises(Throttled) as caught:
        hasty.enqueue("diag-noop")

    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 60


def test_a_path_that_is_no_api_is_told_apart(base_url: str, new_token: Any) -> None:
    with (
        QuarryClient(f"{base_url}/settings", new_token()) as lost,
        pytest.raises((UnexpectedAnswer, NotFound)),
    ):
        lost.queues()
