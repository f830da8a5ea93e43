"""docs/tour.md: every command runs, in order, and the numbers that the page works out are the product's."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from accounts.demo import ensure_people
from jobs.demonstration import load_parts
from jobs.models import Job
from jobs.testing import run_again
from pricing.models import CalculationItem
from research.models import SectorAnalysis, SubSector

from .pages import blocks, page
from .shell import Shell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shell(redis_clean: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """In a folder of its own, with the demonstration set loaded."""
    settings.SAMPLE_SOURCES = True
    monkeypatch.chdir(tmp_path)
    with transaction.atomic():
        organisation, _, _ = ensure_people()
        load_parts(tenant_id=organisation.slug)
    call_command("schedules", "sync", verbosity=0)
    return Shell(os.environ["REDIS_URL"])


def work_off() -> None:
    """Run what waits now; what that enqueues is for workers."""
    for job in Job.objects.filter(status="waiting").order_by("pk"):
        assert run_again(job).status == "completed", (job.type, Job.objects.get(pk=job.pk).error)


def test_every_command_of_the_tour_runs(shell: Shell) -> None:
    for block in blocks(page("docs/tour.md"), "sh"):
        for line in block.splitlines():
            name_ids(shell)
            shell.run(line)
            if "-X POST" in line or "-F" in line:
                work_off()

    item = CalculationItem.objects.get(contract_code="GAS-1", line_code="L1")
    assert (item.price, item.amount) == (Decimal("108.00"), Decimal("1080.00"))


def name_ids(shell: Shell) -> None:
    """What the page says to take from the answer before."""
    sector = SectorAnalysis.objects.order_by("pk").last()
    if sector is not None:
        shell.variables["SECTOR"] = sector.public_id
        first = SubSector.objects.filter(sector=sector).order_by("position").first()
        shell.variables["SUB_SECTOR"] = first.public_id if first else ""
