"""The sector pipeline from the first job to the last insight, with a scripted judge."""

import pytest

from jobs.models import Event, Job
from research.models import Insights, JudgeReview, Stock, StockAnalysis, SubSector
from research.sectors import decisions, steps

from . import sector_world as world
from .sector_world import Script, caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def test_research_stores_sub_sectors_and_nothing_goes_on_without_approval(script: Script) -> None:
    begun = decisions.start(name=" Energy ", by=caller())

    world.run_all()

    job = Job.objects.get(public_id=begun.job.id)
    assert begun.job.id == f"sector-{begun.sector.public_id}"
    assert (job.status, job.queue) == ("completed", "sector-research")
    rows = SubSector.objects.filter(sector=begun.sector).order_by("position")
    assert job.result == {
        "sectorAnalysisId": begun.sector.public_id,
        "subSectors": [{"id": row.public_id, "name": row.name} for row in rows],
    }
    assert {row.status for row in rows} == {"pending_approval"}
    assert len(rows) == 3
    assert not world.jobs_of("stock-ranking")


def test_ranking_stores_ranks_and_has_the_best_five_analysed_at_once(script: Script) -> None:
    sub_sector = world.ranked(script)

    ranking = Job.objects.get(public_id=sub_sector.ranking_job_id)
    assert [one["rank"] for one in ranking.result["ranked"]] == list(range(1, 9))
    assert ranking.result["queuedAnalyses"] == 5
    assert sub_sector.status == "analysing"
    assert [job.status for job in world.jobs_of("stock-analysis")] == ["waiting"] * 5
    analysed = StockAnalysis.objects.order_by("stock__rank").values_list("stock__rank", flat=True)
    assert list(analysed) == [1, 2, 3, 4, 5]


def test_fewer_than_five_are_all_analysed(script: Script) -> None:
    world.ranked(script, "Refiners")

    assert len(world.jobs_of("stock-analysis")) == 3


def test_a_sub_sector_whose_analyses_are_approved_completes_once_and_the_sector_with_it(script: Script) -> None:
    sub_sector = world.ranked(script)
    ran = world.run_all()

    counts = {name: len(world.jobs_of(name)) for name in decisions.TYPES}
    assert counts == {
        "sector-research": 1,
        "stock-ranking": 1,
        "stock-analysis": 5,
        "judge-review": 5,
        "format-insights": 5,
    }
    assert {job.status for job in ran} == {"completed"}
    endings = [job.result["subSectorCompleted"] for job in ran if job.type == "format-insights"]
    assert sorted(endings) == [False] * 4 + [True]
    sub_sector.refresh_from_db()
    sub_sector.sector.refresh_from_db()
    assert (sub_sector.status, sub_sector.sector.status) == ("completed", "completed")
    assert sub_sector.sector.finished_at is not None
    assert Insights.objects.count() == 5
    assert set(Stock.objects.values_list("rank", "status")) == {
        *((rank, "completed") for rank in range(1, 6)),
        *((rank, "ranked") for rank in range(6, 9)),
    }


def test_progress_tells_exactly_the_stages_of_each_type(script: Script) -> None:
    world.ranked(script, "Pipelines")
    world.run_all()

    expected = {
        "sector-research": [
            (0, "job started"),
            (10, "AI research started"),
            (60, "AI research completed"),
            (70, "parsing sub-sectors"),
            (90, "finalizing"),
        ],
        "stock-ranking": [
            (0, "job started"),
            (10, "ranking started"),
            (70, "ranking completed"),
            (90, "queuing analyses"),
        ],
        "stock-analysis": [
            (0, "job started"),
            (10, "deep research started"),
            (80, "analysis completed"),
            (90, "queuing judge review"),
        ],
        "judge-review": [
            (0, "job started"),
            (20, "starting review"),
            (70, "review completed"),
            (90, "queuing next job"),
        ],
        "format-insights": [
            (0, "job started"),
            (20, "starting formatting"),
            (70, "formatting completed"),
            (90, "checking sub-sector completion"),
        ],
    }
    for name, stages in expected.items():
        for job in world.jobs_of(name):
            told = Event.objects.filter(job_id=job.pk, event="progress").order_by("id")
            assert [(one.payload["progress"], one.payload["stage"]) for one in told] == stages
            assert job.progress == 100


# --- Rejections -----------------------------------------------------------------------------------
def test_a_rejected_analysis_is_written_anew_after_five_seconds_with_the_judges_words(script: Script) -> None:
    script.rejecting(1, "PI1")
    world.ranked(script, "Pipelines")
    world.run_all()

    stock = Stock.objects.get(symbol="PI1")
    first, second = StockAnalysis.objects.filter(stock=stock).order_by("variation")
    assert (first.status, second.status, stock.status, stock.rejections) == ("rejected", "formatted", "completed", 1)
    assert [(one.variation, one.approach) for one in (first, second)] == [(0, "view-0"), (1, "view-1")]
    assert "more facts, please (variation 0)" in second.feedback
    one, two = [said for said in script.wrote if said["symbol"] == "PI1"]
    assert one["prompt"] != two["prompt"]
    assert "more facts, please (variation 0)" in two["prompt"]
    assert two["missing_facts"] == ["F2"]
    assert JudgeReview.objects.filter(analysis__stock=stock).count() == 2
    assert Job.objects.filter(type="format-insights", related_id=second.public_id).count() == 1
    assert not Job.objects.filter(type="format-insights", related_id=first.public_id).exists()
    judge = Job.objects.get(public_id=first.judge_job_id)
    again = Job.objects.get(public_id=second.job_id)
    assert judge.result == {
        "stockAnalysisId": first.public_id,
        "approved": False,
        "score": 0.4,
        "feedback": "more facts, please (variation 0)",
        "rejections": 1,
        "nextJobId": again.public_id,
    }
    # The run loop skips waits; the delay that was asked for is kept with the job. It counts from the beginning of
    # the transaction in which the judge's job ends.
    assert again.delay_ms == steps.REANALYSIS_DELAY_MS > 5_000


def test_the_third_rejection_ends_the_stock_and_the_judges_job_is_dead(script: Script) -> None:
    script.rejecting(99, "PI1")
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()

    stock = Stock.objects.get(symbol="PI1")
    assert (stock.status, stock.rejections) == ("failed", 3)
    attempts = StockAnalysis.objects.filter(stock=stock).order_by("variation")
    assert [(one.variation, one.status) for one in attempts] == [(0, "rejected"), (1, "rejected"), (2, "rejected")]
    judges = [Job.objects.get(public_id=one.judge_job_id) for one in attempts]
    assert [job.status for job in judges] == ["completed", "completed", "dead"]
    assert (judges[2].error_type, judges[2].error["retryable"]) == ("JUDGE_REJECTION", False)
    assert judges[2].result["rejections"] == 3
    assert judges[2].result["nextJobId"] is None
    assert JudgeReview.objects.filter(analysis__stock=stock).count() == 3
    assert not Job.objects.filter(type="format-insights", related_id__in=[one.public_id for one in attempts]).exists()
    assert not world.jobs_of("sector-step-ended")
    sub_sector.refresh_from_db()
    assert sub_sector.status == "completed"


def test_a_sub_sector_without_an_approved_stock_fails_and_the_sector_completes(script: Script) -> None:
    script.rejecting(99)
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()

    sub_sector.refresh_from_db()
    assert (sub_sector.status, sub_sector.problem) == ("failed", "None of its stocks was approved.")
    sub_sector.sector.refresh_from_db()
    assert sub_sector.sector.status == "completed"
    assert not Insights.objects.exists()
