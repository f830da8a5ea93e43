"""Live pages: what happens elsewhere is seen without asking, and asking stays rare."""

import json
import re
import time
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from accounts.callers import system_caller
from jobs import actions, library, queues
from jobs.ledger.claim import claim
from jobs.ledger.progress import Step, write_progress
from jobs.models import Job
from tests.jobs.conftest import diagnostic_types  # noqa: F401

CONSOLE = "/api/admin/bull-board"
LIVE = 'html[data-live-state="open"]'


@pytest.fixture(autouse=True)
def types(diagnostic_types: None) -> None:  # noqa: F811
    """The types that these tests enqueue, in this process and in the server's."""


def running_job() -> Job:
    """A job as a worker has it that reports progress."""
    key = library.enqueue("diag-progress", {"steps": 10}).key
    claim([key], worker="somewhere")
    return Job.objects.get(pk=key)


#: When the page asked for an address again, in milliseconds since it was opened.
ASKED = """(address) => performance.getEntriesByType("resource")
    .filter((one) => one.name.endsWith(address)).map((one) => one.startTime)"""


def asked(page: Page, address: str) -> list[float]:
    return list(page.evaluate(ASKED, address))


def test_a_running_job_s_progress_moves_within_two_seconds_without_a_request(new_page, admin):
    job = running_job()
    page: Page = new_page(admin)
    page.goto(f"{CONSOLE}/jobs/{job.public_id}")
    expect(page.locator(LIVE)).to_be_attached()
    # The page catches up once when it has connected.
    page.wait_for_function(f"() => ({ASKED})('{job.public_id}').length === 1")

    write_progress([Step(job_id=job.pk, run=1, percent=40, stage="reading the file")])
    at = time.monotonic()
    expect(page.locator(".job-progress")).to_contain_text("40 %")
    took = time.monotonic() - at

    expect(page.locator(".job-progress")).to_contain_text("reading the file")
    assert page.locator(".job-progress progress").evaluate("(bar) => bar.value") == 40
    assert took < 2
    assert len(asked(page, job.public_id)) == 1


def test_the_page_of_a_job_follows_its_end(new_page, admin):
    job = running_job()
    page: Page = new_page(admin)
    page.goto(f"{CONSOLE}/jobs/{job.public_id}")
    expect(page.locator(LIVE)).to_be_attached()

    actions.cancel(jobs=[job], by=system_caller())

    expect(page.locator("#job-head")).to_contain_text(re.compile("its worker was asked to stop"), timeout=15_000)


def test_a_queue_s_page_shows_changes_and_asks_no_more_often_than_its_gap(new_page, admin):
    page: Page = new_page(admin)
    page.goto(f"{CONSOLE}/queues/scoring")
    expect(page.locator(LIVE)).to_be_attached()

    for number in range(2):
        library.enqueue("diag-noop", {}, queue="scoring")
        expect(page.locator("#head .figure").first).to_contain_text(str(number + 1), timeout=15_000)

    times = asked(page, "live=head")
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert min(gaps) >= 3_900, json.dumps(times)


def test_a_pause_is_seen_by_all_who_look(new_page, admin):
    page: Page = new_page(admin)
    page.goto(f"{CONSOLE}/overview")
    expect(page.locator(LIVE)).to_be_attached()

    queues.pause(queue="scoring", by=system_caller(), reason="vendor down")

    expect(page.locator("#queue-scoring")).to_contain_text("paused", timeout=15_000)
