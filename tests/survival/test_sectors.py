"""kill -9 in the middle of the sector pipeline: every step runs again and leaves one of everything."""

import time

from django.db import transaction

from jobs.models import Attempt, Job
from jobs.states import Outcome
from research.models import Insights, JudgeReview, SectorAnalysis, Stock, StockAnalysis
from research.sectors import decisions
from research.sectors.conclusion import lock_sector
from tests.research.sector_world import caller

from .conftest import Measure
from .processes import WorkerProcess, eventually
from .world import World

#: The bundled shares are written about by rules, in no time: a held lock is what keeps a step from its end.
QUEUES = (*decisions.TYPES, "default")


def test_reviews_whose_worker_is_killed_before_they_commit_are_made_once(world: World, measured: Measure) -> None:
    doomed = WorkerProcess(world, *QUEUES, QUARRY_SAMPLE_SOURCES="true")
    sector = decisions.start(name="Energy", by=caller(tenant_id="survival")).sector
    eventually(lambda: _status(sector) == "active", seconds=60, what="the sector's research")
    chosen, *others = sector.sub_sectors.order_by("position")
    for other in others:
        decisions.reject(sub_sector=other, by=caller(tenant_id="survival"))
    decisions.approve(sub_sector=chosen, by=caller(tenant_id="survival"))

    eventually(lambda: Job.objects.filter(type="judge-review").exists(), seconds=60, what="the first review")
    with transaction.atomic():
        lock_sector(sector.pk)
        eventually(lambda: Job.objects.filter(type="judge-review", status="active").exists(), what="a review under way")
        doomed.kill_tree()
    at = time.monotonic()
    WorkerProcess(world, *QUEUES, QUARRY_SAMPLE_SOURCES="true")
    eventually(lambda: _status(sector) == "completed", seconds=90, what="the sector's end")
    measured(completed_after=time.monotonic() - at)

    stocks = Stock.objects.filter(sub_sector=chosen).exclude(status="ranked")
    analyses = StockAnalysis.objects.filter(stock__in=stocks)
    assert stocks.count() == 5
    for type_name, rows in (
        ("stock-analysis", analyses),
        ("judge-review", JudgeReview.objects.filter(analysis__in=analyses)),
        ("format-insights", Insights.objects.filter(analysis__in=analyses)),
    ):
        assert Job.objects.filter(type=type_name).count() == rows.count()
    assert Insights.objects.filter(analysis__in=analyses).count() == stocks.filter(status="completed").count() > 0
    lost = Attempt.objects.filter(job__type="judge-review", outcome=Outcome.WORKER_LOST)
    assert lost.exists()
    assert set(lost.values_list("job__status", flat=True)) <= {"completed", "dead"}


def _status(sector: SectorAnalysis) -> str:
    return SectorAnalysis.objects.values_list("status", flat=True).get(pk=sector.pk)
