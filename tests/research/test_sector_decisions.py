"""What people decide about a sector, who may, and that a cancelled one stays quiet."""

import threading

import pytest
from django.db import connections

from accounts.callers import Role
from accounts.models import AuditEntry
from jobs.actions import enqueue
from jobs.models import Job
from jobs.submission import Options, Unmet
from jobs.testing import run_job
from jobs.workflows import release
from research.models import SectorAnalysis, Stock, StockAnalysis, SubSector
from research.sectors import decisions
from research.sectors.decisions import NotAllowed, NotPossible

from . import sector_world as world
from .sector_world import Script, caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]
ADMIN = caller("user_9", Role.TENANT_ADMIN)
OTHER = caller("user_2")


def first(sector: SectorAnalysis) -> SubSector:
    return sector.sub_sectors.get(position=1)


# --- Approval -------------------------------------------------------------------------------------
def test_a_second_approval_answers_with_the_same_job(script: Script) -> None:
    sub_sector = first(world.begun())

    one = decisions.approve(sub_sector=sub_sector, by=caller())
    two = decisions.approve(sub_sector=sub_sector, by=ADMIN)

    assert (one.repeated, two.repeated) == (False, True)
    assert one.job.pk == two.job.pk
    assert one.job.public_id == f"ranking:{sub_sector.public_id}"
    assert (one.job.user_id, one.job.tenant_id) == ("user_1", "acme")
    sub_sector.refresh_from_db()
    assert (sub_sector.status, sub_sector.decided_by) == ("approved", "user_1")
    assert AuditEntry.objects.filter(action="sub-sector.approve").count() == 1


def test_what_was_rejected_is_approved_with_force_only(script: Script) -> None:
    sub_sector = first(world.begun())
    decisions.reject(sub_sector=sub_sector, by=caller())
    decisions.reject(sub_sector=sub_sector, by=caller())

    with pytest.raises(NotPossible, match="force=true"):
        decisions.approve(sub_sector=sub_sector, by=caller())
    assert not world.jobs_of("stock-ranking")

    assert decisions.approve(sub_sector=sub_sector, by=caller(), force=True).job is not None
    with pytest.raises(NotPossible, match="decided already"):
        decisions.reject(sub_sector=sub_sector, by=caller())


def test_a_sector_whose_sub_sectors_are_all_rejected_is_complete_and_taken_up_by_a_forced_approval(
    script: Script,
) -> None:
    sector = world.begun()
    world.approved(sector)

    sector.refresh_from_db()
    assert sector.status == "completed"

    decisions.approve(sub_sector=first(sector), by=caller(), force=True)
    sector.refresh_from_db()
    assert (sector.status, sector.finished_at) == ("active", None)


def test_only_its_owner_and_admins_decide(script: Script) -> None:
    sector = world.begun()
    sub_sector = first(sector)

    for decide in (
        lambda: decisions.approve(sub_sector=sub_sector, by=OTHER),
        lambda: decisions.reject(sub_sector=sub_sector, by=OTHER),
        lambda: decisions.cancel(sector=sector, by=OTHER),
        lambda: decisions.cancel(sector=sector, by=caller("user_1", Role.VIEWER)),
        lambda: decisions.cancel(sector=sector, by=caller("user_9", Role.TENANT_ADMIN, "globex")),
    ):
        with pytest.raises(NotAllowed):
            decide()
    sub_sector.refresh_from_db()
    assert sub_sector.status == "pending_approval"
    assert decisions.approve(sub_sector=sub_sector, by=ADMIN).job is not None


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_in_the_same_instant_get_one_job(script: Script) -> None:
    sub_sector = first(world.begun())
    barrier = threading.Barrier(4)
    answers: list[decisions.Approved] = []

    def approve() -> None:
        try:
            barrier.wait(10)
            answers.append(decisions.approve(sub_sector=sub_sector, by=caller()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=approve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(one.repeated for one in answers) == [False, True, True, True]
    assert len({one.job.pk for one in answers}) == len(world.jobs_of("stock-ranking")) == 1


def test_a_ranking_that_nobody_approved_is_refused_before_it_is_stored(script: Script) -> None:
    sub_sector = first(world.begun())
    data = {"subSectorId": sub_sector.public_id, "userId": "user_1", "tenantId": "acme"}

    with pytest.raises(Unmet, match="not approved"):
        enqueue(type="stock-ranking", data=data)
    unknown = run_job("stock-ranking", data | {"subSectorId": "sub_unknown"})

    assert (unknown.status, unknown.error_type) == ("failed", "VALIDATION_ERROR")


# --- Retry by hand --------------------------------------------------------------------------------
def test_a_stock_that_failed_is_tried_again_by_its_owner_and_what_it_belongs_to_is_taken_up(script: Script) -> None:
    script.breaking("PI1")
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()
    stock = Stock.objects.get(symbol="PI1")
    assert (stock.status, stock.rejections) == ("failed", 0)
    script.rejecting(0)

    done = decisions.retry_analysis(analysis=world.first_analysis(sub_sector), by=caller())

    assert (done.analysis.variation, done.job.id) == (1, f"analysis:{stock.public_id}:attempt:2")
    sub_sector.refresh_from_db()
    sector = SectorAnalysis.objects.get()
    assert (sub_sector.status, sub_sector.finished_at) == ("analysing", None)
    assert (sector.status, sector.finished_at) == ("active", None)
    with pytest.raises(NotPossible, match="under way"):
        decisions.retry_analysis(analysis=world.first_analysis(sub_sector), by=caller())

    world.run_all()
    for row in (stock, sub_sector, sector):
        row.refresh_from_db()
    assert (stock.status, sub_sector.status, sector.status) == ("completed", "completed", "completed")


def test_after_three_rejections_only_an_admin_tries_again_and_gets_one_attempt(script: Script) -> None:
    script.rejecting(99, "PI1")
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()
    analysis = world.first_analysis(sub_sector)

    with pytest.raises(NotAllowed, match="only an admin"):
        decisions.retry_analysis(analysis=analysis, by=caller())
    done = decisions.retry_analysis(analysis=analysis, by=ADMIN)
    world.run_all()

    assert done.analysis.variation == 3
    assert all(f"variation {number}" in done.analysis.feedback for number in range(3))
    stock = Stock.objects.get(symbol="PI1")
    assert (stock.status, stock.rejections) == ("failed", 4)
    assert StockAnalysis.objects.filter(stock=stock).count() == 4


def test_a_completed_stock_keeps_its_insights_when_a_further_attempt_comes_to_nothing(script: Script) -> None:
    sub_sector = world.ranked(script, "Pipelines")
    world.run_all()
    script.breaking("PI1")

    decisions.retry_analysis(analysis=world.first_analysis(sub_sector), by=caller())
    world.run_all()

    stock = Stock.objects.get(symbol="PI1")
    sub_sector.refresh_from_db()
    assert (stock.status, sub_sector.status) == ("completed", "completed")
    assert "the judge is ill" in stock.problem


# --- Cancelling -----------------------------------------------------------------------------------
def test_cancelling_ends_every_job_of_the_sector_and_nothing_new_begins(script: Script) -> None:
    sub_sector = world.ranked(script)
    world.run_one(world.first_analysis(sub_sector).job_id)
    before = Job.objects.count()

    decisions.cancel(sector=sub_sector.sector, by=caller())
    release.run()

    assert {job.status for job in world.jobs_of("judge-review")} == {"cancelled"}
    assert sorted(job.status for job in world.jobs_of("stock-analysis")) == ["cancelled"] * 4 + ["completed"]
    assert Job.objects.count() == before
    assert not list(world.unfinished())
    assert set(StockAnalysis.objects.values_list("status", flat=True)) == {"cancelled"}
    assert set(Stock.objects.filter(rank__lte=5).values_list("status", flat=True)) == {"cancelled"}
    sub_sector.refresh_from_db()
    assert (sub_sector.status, SectorAnalysis.objects.get().status) == ("cancelled", "cancelled")
    decisions.cancel(sector=sub_sector.sector, by=caller())
    with pytest.raises(NotPossible, match="cancelled"):
        decisions.approve(sub_sector=sub_sector, by=caller())
    with pytest.raises(NotPossible, match="cancelled"):
        decisions.retry_analysis(analysis=world.first_analysis(sub_sector), by=caller())
    assert AuditEntry.objects.filter(action="sector.cancel").count() == 1


def test_a_step_under_way_whose_sector_is_cancelled_enqueues_nothing(script: Script) -> None:
    sub_sector = world.ranked(script)
    analysis = world.first_analysis(sub_sector)

    def cancel(stock: Stock) -> None:
        decisions.cancel(sector=sub_sector.sector, by=caller())

    script.write = cancel

    world.start(Job.objects.get(public_id=analysis.job_id))
    release.run()

    assert Job.objects.get(public_id=analysis.job_id).status == "cancelled"
    assert not world.jobs_of("judge-review")
    assert not list(world.unfinished())
    analysis.refresh_from_db()
    assert (analysis.status, analysis.content) == ("cancelled", {})


def test_a_job_of_a_cancelled_sector_that_is_started_all_the_same_ends_cancelled(script: Script) -> None:
    sub_sector = world.ranked(script)
    stock = Stock.objects.get(rank=7)
    decisions.cancel(sector=sub_sector.sector, by=caller())

    job = run_job(
        "stock-analysis",
        {"stockId": stock.public_id, "subSectorId": sub_sector.public_id, "userId": "user_1", "tenantId": "acme"},
    )

    assert job.status == "cancelled"
    assert not StockAnalysis.objects.filter(stock=stock).exists()


def test_what_has_ended_is_not_cancelled(script: Script) -> None:
    world.ranked(script, "Pipelines")
    world.run_all()

    with pytest.raises(NotPossible, match="ended already"):
        decisions.cancel(sector=SectorAnalysis.objects.get(), by=caller())


# --- Jobs by hand ---------------------------------------------------------------------------------
def test_jobs_that_somebody_posts_by_hand_follow_the_same_rules(script: Script) -> None:
    mine = {"userId": "user_1", "tenantId": "acme"}
    research = run_job("sector-research", {"sectorAnalysisId": "mine", "sectorName": "Energy"} | mine)
    assert research.status == "completed"
    assert SectorAnalysis.objects.get(public_id="mine").sub_sectors.count() == 3
    sub_sector = first(SectorAnalysis.objects.get())
    decisions.approve(sub_sector=sub_sector, by=caller())
    world.run_one(f"ranking:{sub_sector.public_id}")

    about = mine | {"subSectorId": sub_sector.public_id, "stockId": Stock.objects.get(rank=6).public_id}
    skipping = run_job("stock-analysis", about | {"variation": 2})
    sixth = run_job("stock-analysis", about)
    again = run_job("stock-analysis", about)
    foreign = run_job("stock-analysis", about | {"tenantId": "globex", "userId": "user_8"})

    assert (skipping.status, skipping.error["message"]) == ("failed", "The next variation of DR6 is 0, not 2.")
    assert (sixth.status, again.result) == ("completed", sixth.result)
    assert Job.objects.filter(type="judge-review", related_id=sixth.result["stockAnalysisId"]).count() == 1
    assert (foreign.status, foreign.error_type) == ("failed", "VALIDATION_ERROR")

    review = {"stockAnalysisId": sixth.result["stockAnalysisId"]} | mine
    by_hand = run_job("judge-review", review)
    theirs = world.run_one(sixth.result["judgeJobId"])
    assert by_hand.result["approved"] is True
    assert theirs.result == by_hand.result
    assert Job.objects.filter(type="format-insights").count() == 1


def test_a_research_repeated_by_hand_changes_nothing(script: Script) -> None:
    sector = world.begun()
    job = Job.objects.get(public_id=sector.job_id)

    again = enqueue(type="sector-research", data=job.data | {"tenantId": "acme"}, options=Options(job_id="again")).job()
    world.run_one("again")

    assert Job.objects.get(pk=again.pk).result == job.result
    assert sector.sub_sectors.count() == 3
