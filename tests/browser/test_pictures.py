"""The pictures of the documentation, taken of the demonstration set; only where QUARRY_PICTURES says whereto.

QUARRY_PICTURES=docs/pictures python3 run.py test tests/browser/test_pictures.py
"""

import io
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.callers import system_caller
from accounts.demo import ensure_people
from accounts.models import User
from deploy.local import process
from deploy.local.home import ROOT
from jobs.demonstration import load_parts
from jobs.library import enqueue, enqueue_batch
from jobs.models import Job
from jobs.policy import business_queues
from jobs.queues import pause
from jobs.schedules.models import SchedulerProcess
from jobs.search import indexing
from jobs.states import TERMINAL
from research.models import Research
from tests.jobs.conftest import diagnostic_types  # noqa: F401
from tests.survival.processes import eventually

from .conftest import NewPage
from .server import Server

FOLDER = os.environ.get("QUARRY_PICTURES", "")
CONSOLE = "/api/admin/bull-board"
#: So much of a README is loaded by everybody who looks at it.
MOST_BYTES = 200_000
#: In this order: what is known first makes what comes after more telling.
TYPES = (
    *("ucc-ingestion", "data-enrichment", "business-enrichment", "buying-signals", "scoring", "health-scores"),
    *("research", "calculation", "report"),
)

#: Queue, type, data, number: on `enrichment` 5 of 30 run, on `research` 10 of 25 may start in a minute.
WORK: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("enrichment", "diag-sleep", {"ms": 300_000}, 30),
    ("data-enrichment", "diag-sleep", {"ms": 300_000}, 3),
    ("research", "diag-noop", {}, 25),
    ("scoring", "diag-noop", {}, 120),
    ("signals", "diag-fail", {"errorClass": "API_ERROR"}, 4),
    ("stock-ranking", "diag-noop", {}, 6),
)

pytestmark = pytest.mark.skipif(not FOLDER, reason="set QUARRY_PICTURES to the folder that pictures are written to")


@pytest.fixture
def clock(server: Server, tmp_path: Path) -> Iterator[None]:
    child = process.start(
        [sys.executable, "manage.py", "rqscheduler"], env=server.environment, log=tmp_path / "clock.log"
    )
    eventually(SchedulerProcess.objects.exists, seconds=300, what="a scheduler")
    yield
    process.stop(child, by=((signal.SIGTERM, 10.0),))


@pytest.fixture
def viewer(
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    start_worker: Callable[..., None],
    clock: None,
    diagnostic_types: None,  # noqa: F811
) -> User:
    """The administrator of a demonstration set whose jobs have run."""
    settings.SAMPLE_SOURCES = True
    for name, value in (("QUARRY_SAMPLE_SOURCES", "true"), ("QUARRY_UCC_SOURCE", "sample")):
        monkeypatch.setitem(server.environment, name, value)
    with transaction.atomic():
        organisation, admin, _ = ensure_people()
        examples = load_parts(tenant_id=organisation.slug).examples
    start_worker(*(one.name for one in business_queues()), "default")
    run_examples(examples, organisation.slug)
    eventually(lambda: indexing.catch_up(seconds=10), what="the search index")
    return admin


def run_examples(examples: Mapping[str, Mapping[str, Any]], tenant_id: str) -> None:
    for kind in TYPES:
        data = {**examples[kind], "tenantId": tenant_id}
        await_end(enqueue(kind, data).id, kind)


def await_end(job_id: str, kind: str) -> None:
    eventually(lambda: Job.objects.get(public_id=job_id).status in TERMINAL, seconds=300, what=f"{kind} to end")


def work() -> None:
    """A working day: jobs that run, wait, are held back, delayed and failed, and a paused queue."""
    pause(queue="stock-ranking", by=system_caller(), reason="new prices come first")
    for queue, kind, data, number in WORK:
        enqueue_batch(kind, [data] * number, queue=queue)
    enqueue_batch("diag-noop", [{}] * 3, queue="scoring", delay=3_600_000)
    held = Job.objects.filter(queue="research", status="rate-limited")
    eventually(lambda: held.count() >= 15, seconds=300, what="ten starts on research, and no more")
    eventually(lambda: Job.objects.filter(status="failed").count() == 4, seconds=300, what="the jobs that fail")


def take(page: Page, name: str) -> None:
    """Keep what the window shows, in 128 colours: sharp letters, and small enough."""
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    path = ROOT / FOLDER / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    assert Path(path).stat().st_size < MOST_BYTES, f"{path} is too large to load with every look at a page"


def test_the_pictures_of_the_documentation(new_page: NewPage, viewer: User) -> None:
    page: Page = new_page(viewer, height=860)

    page.goto("/research/sectors/")
    page.get_by_role("combobox", name="Sector").fill("Technology")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Awaits approval").first).to_be_visible(timeout=60_000)
    page.keyboard.press("a")
    lane = page.locator(".lane").first
    expect(lane.locator(".lane-head")).to_contain_text("5 of 5 finished", timeout=180_000)
    take(page, "sector")
    lane.locator(".is-done .stock-card-link").first.click()
    expect(page.get_by_role("heading", name="Insights")).to_be_visible()
    take(page, "stock")

    page.goto("/prospects/")
    expect(page.get_by_role("table")).to_be_visible()
    take(page, "prospects")
    page.goto("/prospects/companies")
    page.get_by_role("link", name="Gantry Hill").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Gantry Hill")
    take(page, "company")

    page.goto("/pricing/contracts")
    page.get_by_role("link", name="SAMPLE-STEEL").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SAMPLE-STEEL")
    take(page, "contract")

    report = Research.objects.latest("id")
    page.goto(f"/research/{report.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    take(page, "research")

    work()
    page.goto(f"{CONSOLE}/overview")
    expect(page.get_by_role("link", name="25", exact=True).first).to_be_visible()
    take(page, "console")
    job = Job.objects.filter(type="ucc-ingestion").latest("id")
    page.goto(f"{CONSOLE}/jobs/{job.public_id}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    take(page, "job")
