"""The pipeline when things break: jobs that fail in any way, runs lost at any stage, endings at one instant."""

import threading
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now

from accounts.callers import system_caller
from jobs import actions, execution
from jobs.ledger.claim import claim
from jobs.ledger.rescue import rescue
from jobs.models import Attempt, Event, Job
from jobs.running import RunningJob
from jobs.testing import age, run_again
from jobs.workflows import release
from research.models import Insights, JudgeReview, SectorAnalysis, Stock, StockAnalysis, SubSector
from research.sectors import decisions

from . import sector_world as world
from .sector_world import Script, caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


class Killed(BaseException):
    """The process is gone: nothing after it runs, and nothing tells the ledger."""


def lose(job: Job) -> None:
    """What the rescue finds of a run whose worker died."""
    job.refresh_from_db()
    assert job.status == "active"
    age(job, timedelta(hours=1))
    rescue()


def killed_at(job_id: str, percent: int) -> None:
    """Run a job whose process dies as it reports this much progress, and put it back."""
    job = Job.objects.get(public_id=job_id)
    real = RunningJob.progress

    def progress(self: RunningJob, reported: float, stage: str = "") -> None:
        real(self, reported, stage)
        if reported == percent:
            raise Killed

    with patch.object(RunningJob, "progress", progress), patch("jobs.execution.execute", _unsettled):
        world.start(job)
    lose(job)


def _unsettled(job: RunningJob, claimed: Any) -> None:
    with pytest.raises(Killed):
        execution._call(job, claimed)


#: One of each type, with the stages at which it can die.
STAGES = {
    "sector-research": (0, 10, 60, 70, 90),
    "stock-ranking": (0, 10, 70, 90),
    "stock-analysis": (0, 10, 80, 90),
    "judge-review": (0, 20, 70, 90),
    "format-insights": (0, 20, 70, 90),
}


def test_a_worker_killed_at_every_stage_of_every_step_leaves_one_of_each(script: Script) -> None:
    sector = decisions.start(name="Energy", by=caller()).sector
    for type_name, stages in STAGES.items():
        for job in [job for job in world.jobs_of(type_name) if job.status == "waiting"][:1]:
            for percent in stages:
                killed_at(job.public_id, percent)
            world.start(job)
            outcomes = list(Attempt.objects.filter(job=job).order_by("run").values_list("outcome", flat=True))
            assert outcomes == ["worker_lost"] * len(stages) + ["completed"]
        if type_name == "sector-research":
            world.approved(sector, "Pipelines")
    world.run_all()

    counts = {name: len(world.jobs_of(name)) for name in decisions.TYPES}
    assert list(counts.values()) == [1, 1, 2, 2, 2]
    rows = (SubSector, Stock, StockAnalysis, JudgeReview, Insights)
    assert [model.objects.count() for model in rows] == [3, 2, 2, 2, 2]
    assert not world.jobs_of("sector-step-ended")
    assert SectorAnalysis.objects.get().status == "completed"


def state() -> dict[str, Any]:
    """Everything that a step may change, but for the progress of its own job."""
    tables = (SectorAnalysis, SubSector, Stock, StockAnalysis, JudgeReview, Insights)
    rows: dict[str, Any] = {model.__name__: list(model.objects.order_by("pk").values()) for model in tables}
    return rows | {"jobs": list(Job.objects.order_by("pk").values_list("public_id", flat=True))}


def test_a_failure_between_the_writes_of_a_step_leaves_the_state_before_it(script: Script) -> None:
    """The claim is lost as the step commits: rows, the next job and the completion are undone together."""
    sector = decisions.start(name="Energy", by=caller()).sector
    for type_name in STAGES:
        job = next(job for job in world.jobs_of(type_name) if job.status == "waiting")
        # What a step does as it begins is not its effect.
        killed_at(job.public_id, 0)
        before = state()
        with patch("jobs.running.settle", return_value={}):
            world.start(job)
        assert _without_owner(state()) == _without_owner(before), type_name
        lose(job)
        world.start(job)
        assert _without_owner(state()) != _without_owner(before)
        if type_name == "sector-research":
            world.approved(sector, "Pipelines")


def _without_owner(state: dict[str, Any]) -> dict[str, Any]:
    """A step that begins writes down which job does it, before it has any effect."""
    owners = {"job_id", "ranking_job_id", "judge_job_id", "format_job_id"}
    return {
        name: [{key: value for key, value in row.items() if key not in owners} for row in rows]
        if name != "jobs"
        else rows
        for name, rows in state.items()
    }


def test_the_last_rejection_and_the_end_of_its_job_are_one(script: Script) -> None:
    script.rejecting(99)
    sub_sector = world.ranked(script, "Pipelines")
    analysis = world.first_analysis(sub_sector)
    Stock.objects.filter(pk=analysis.stock_id).update(rejections=2)
    world.run_one(analysis.job_id)
    judge = Job.objects.get(type="judge-review", related_id=analysis.public_id)
    before = state()

    with patch("jobs.running.settle", return_value={}):
        world.start(judge)
    assert _without_owner(state()) == _without_owner(before)
    lose(judge)
    world.start(judge)

    judge.refresh_from_db()
    assert (judge.status, judge.error_type) == ("dead", "JUDGE_REJECTION")
    assert Stock.objects.get(pk=analysis.stock_id).status == "failed"


# --- Jobs that end badly --------------------------------------------------------------------------
def test_a_broken_judge_is_no_rejection_and_the_sub_sector_concludes(script: Script) -> None:
    script.breaking("PI1")
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()

    stock = Stock.objects.get(symbol="PI1")
    analysis = StockAnalysis.objects.get(stock=stock)
    judge = Job.objects.get(public_id=analysis.judge_job_id)
    assert (judge.status, judge.attempts_made) == ("failed", 3)
    assert (stock.status, stock.rejections, analysis.status) == ("failed", 0, "failed")
    assert stock.problem == "UNKNOWN: the judge is ill"
    sub_sector.refresh_from_db()
    assert sub_sector.status == "completed"
    assert not JudgeReview.objects.filter(analysis=analysis).exists()


@pytest.mark.parametrize("how", ["cancelled", "removed", "lost"])
def test_a_step_that_ends_without_its_handler_fails_its_stock(script: Script, how: str) -> None:
    sub_sector = world.ranked(script, "Pipelines")
    analysis = world.first_analysis(sub_sector)
    job = Job.objects.get(public_id=analysis.job_id)

    if how == "cancelled":
        actions.cancel(jobs=[job], by=system_caller())
    elif how == "removed":
        actions.remove(jobs=[job], by=system_caller())
    else:
        Job.objects.filter(pk=job.pk).update(losses=10, permitted_at=Now())
        with transaction.atomic():
            claim([job.pk], worker="gone", lease_seconds=1)
        lose(job)
    world.run_all()

    analysis.refresh_from_db()
    analysis.stock.refresh_from_db()
    expected = "failed" if how == "lost" else "cancelled"
    assert (analysis.status, analysis.stock.status) == (expected, expected)
    assert job.public_id in analysis.problem or "was lost while it ran this job" in analysis.problem
    sub_sector.refresh_from_db()
    assert sub_sector.status == "completed"


def test_a_ranking_that_fails_ends_its_sub_sector_and_begins_anew_when_its_job_is_retried(script: Script) -> None:
    [sub_sector] = world.approved(world.begun(), "Pipelines")
    with patch("research.market.reading.rank_shares", side_effect=LookupError("no prices")):
        world.run_all()

    sub_sector.refresh_from_db()
    assert (sub_sector.status, sub_sector.problem) == ("failed", "UNKNOWN: no prices")
    assert SectorAnalysis.objects.get().status == "completed"

    ranking = Job.objects.get(public_id=sub_sector.ranking_job_id)
    actions.retry(jobs=[ranking], by=system_caller())
    world.run_all()
    sub_sector.refresh_from_db()
    assert (sub_sector.status, SectorAnalysis.objects.get().status) == ("completed", "completed")


def test_a_research_that_fails_says_why_and_goes_on_when_its_job_is_retried(script: Script) -> None:
    sector = decisions.start(name="Nowhere", by=caller()).sector
    world.run_all()

    sector.refresh_from_db()
    assert sector.status == "failed"
    assert "Known sectors: Energy" in sector.problem

    job = Job.objects.get(public_id=sector.job_id)
    SectorAnalysis.objects.filter(pk=sector.pk).update(name="Energy")
    actions.retry(jobs=[job], by=system_caller())
    world.run_all()
    sector.refresh_from_db()
    assert (sector.status, sector.problem, sector.sub_sectors.count()) == ("active", "", 3)


def test_a_failed_review_that_is_retried_takes_its_stock_up_again(script: Script) -> None:
    script.breaking("PI1")
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()
    script.rejecting(0)

    analysis = world.first_analysis(sub_sector)
    actions.retry(jobs=[Job.objects.get(public_id=analysis.judge_job_id)], by=system_caller())
    world.run_all()

    analysis.refresh_from_db()
    assert analysis.status == "formatted"
    assert Stock.objects.get(symbol="PI1").status == "completed"


def test_a_job_that_was_retried_before_its_failure_was_seen_to_is_left_alone(script: Script) -> None:
    sub_sector = world.ranked(script, "Pipelines")
    analysis = world.first_analysis(sub_sector)
    job = Job.objects.get(public_id=analysis.job_id)
    actions.cancel(jobs=[job], by=system_caller())
    release.run()
    actions.retry(jobs=[job], by=system_caller())

    [ended] = world.jobs_of("sector-step-ended")
    assert run_again(ended).result == {"jobId": job.public_id, "settled": None}
    analysis.refresh_from_db()
    assert analysis.status == "running"


# --- At one instant -------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_five_that_end_at_one_instant_end_their_sub_sector_once(script: Script) -> None:
    sub_sector = world.ranked(script)
    for type_name in ("stock-analysis", "judge-review"):
        for job in world.jobs_of(type_name):
            world.run_one(job.public_id)
    barrier = threading.Barrier(5)

    def at_once(stock: Stock) -> None:
        barrier.wait(20)

    script.format = at_once

    def run(key: int) -> None:
        try:
            execution.run(key)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job.pk]) for job in world.jobs_of("format-insights")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    jobs = world.jobs_of("format-insights")
    assert [job.status for job in jobs] == ["completed"] * 5
    assert sorted(job.result["subSectorCompleted"] for job in jobs) == [False] * 4 + [True]
    sub_sector.refresh_from_db()
    assert (sub_sector.status, SectorAnalysis.objects.get().status) == ("completed", "completed")
    assert not Event.objects.filter(event="retrying").exists()
