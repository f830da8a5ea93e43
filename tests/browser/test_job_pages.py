"""TEST-03, DASH-02: a failed job is found, understood, repaired and run again; by mouse, key and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from jobs.library import enqueue
from jobs.models import Job
from jobs.search import indexing
from tests.jobs.conftest import diagnostic_types  # noqa: F401
from tests.survival.processes import eventually

from .watching import fits

CONSOLE = "/api/admin/bull-board"


@pytest.fixture(autouse=True)
def types(diagnostic_types: None) -> None:  # noqa: F811
    """The types that fail on request, in this process; the server's and the worker's know them too."""


def failed(**data: object) -> str:
    job_id = enqueue("diag-fail", data).id
    eventually(lambda: Job.objects.get(public_id=job_id).status == "failed")
    assert indexing.catch_up(seconds=10)
    return job_id


def test_a_job_is_found_by_its_payload_understood_repaired_and_audited(new_page, admin, start_worker):
    start_worker("default")
    job_id = failed(errorClass="VALIDATION_ERROR", times=707)
    failed(errorClass="API_ERROR", times=5)
    page: Page = new_page(admin)

    page.goto(f"{CONSOLE}/jobs")
    page.keyboard.press("/")
    page.keyboard.type("stat")
    page.get_by_role("option", name="status:", exact=True).click()
    page.get_by_role("option", name="status:failed").click()
    page.keyboard.type("data.times:707")
    page.keyboard.press("Enter")
    expect(page.locator(".jobs-job")).to_have_count(1)
    page.get_by_role("link", name=job_id).click()

    expect(page.locator(".attempt")).to_have_count(1)
    expect(page.locator(".attempt")).to_contain_text("asked to fail, attempt 1")
    expect(page.locator(".trace-box")).to_contain_text("JobError")

    page.get_by_role("link", name="Edit and rerun").first.click()
    page.get_by_label("JSON").fill('{"times": "none"}')
    page.get_by_role("button", name="Enqueue new job").click()
    expect(page.get_by_role("alert")).to_contain_text("times")
    page.get_by_label("JSON").fill('{"times": 0}')
    page.get_by_role("button", name="Enqueue new job").click()

    # Live: the page of the new job follows it to its end by itself.
    expect(page.locator("#job-head .state.is-completed")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name=job_id)).to_be_visible()

    page.get_by_role("link", name="Audit", exact=True).click()
    row = page.get_by_role("row", name=re.compile("job.rerun"))
    expect(row).to_contain_text("root@example.com")
    expect(row).to_contain_text(job_id)


@pytest.fixture(autouse=True)
def refusals(watch):
    # A form that is refused answers 422, which the browser reports.
    watch.expect("422")


def test_failed_jobs_are_retried_by_selection(new_page, admin, start_worker):
    start_worker("default")
    ids = [failed(errorClass="API_ERROR", times=1) for _ in range(2)]
    page = new_page(admin)

    page.goto(f"{CONSOLE}/jobs?q=status:failed")
    page.get_by_label(f"Select {ids[0]}").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_text("The job waits to run again.")).to_be_visible()
    eventually(lambda: Job.objects.get(public_id=ids[0]).attempts_made == 1)
    assert Job.objects.get(public_id=ids[1]).redrives == 0


def test_a_running_job_shows_its_progress_and_is_stopped(new_page, admin, start_worker):
    start_worker("default")
    job_id = enqueue("diag-progress", {"steps": 1000, "ms": 100}).id
    page = new_page(admin)

    page.goto(f"{CONSOLE}/jobs/{job_id}")
    expect(page.locator("#job-head .state.is-active")).to_be_visible(timeout=10_000)
    expect(page.locator(".job-progress")).to_contain_text(re.compile(r"[1-9]\d* %"), timeout=10_000)
    page.get_by_role("button", name="Cancel").click()

    expect(page.locator("#job-head .state.is-cancelled")).to_be_visible(timeout=15_000)


def test_all_matches_are_buried_after_a_preview(new_page, admin, start_worker):
    start_worker("default")
    for _ in range(3):
        failed(errorClass="API_ERROR")
    page = new_page(admin)

    page.goto(f"{CONSOLE}/dead-letters")
    page.get_by_label("All 3 matching").check()
    page.get_by_title("More actions").click()
    page.get_by_role("button", name="Bury").click()
    page.get_by_role("button", name="Bury 3 jobs").click()

    expect(page.locator("#job-head .state.is-completed")).to_be_visible(timeout=20_000)
    assert Job.objects.filter(status="dead").count() == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_fit_a_phone(new_page, admin, start_worker, theme):
    start_worker("default")
    job_id = failed(errorClass="API_ERROR")
    page = new_page(admin, width=390, height=844, theme=theme)

    for path in ("jobs", "jobs?q=status:failed", f"jobs/{job_id}", f"jobs/{job_id}/rerun", "dead-letters", "audit"):
        page.goto(f"{CONSOLE}/{path}")
        fits(page)
