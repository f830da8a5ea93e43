"""`health-scores`: which companies are scored, from what, by whom, and what is said when they fall."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.callers import system_caller
from jobs.models import Job
from jobs.schedules import firing, registration
from jobs.schedules.models import Schedule
from jobs.testing import run_job
from prospects.models import Company, CompanyFigure, HealthAlert, HealthScore, Signal
from prospects.scores.health_scores import score_stale
from prospects.scores.weights import save_weights

from .making import make_company, make_lien, make_match, make_prospect, tell, today

pytestmark = pytest.mark.django_db


def make_portfolio(number: int, *, tenant_id: str = "acme", hours_ago: float | None = None) -> None:
    at = None if hours_ago is None else datetime.now(UTC) - timedelta(hours=hours_ago)
    Company.objects.bulk_create(
        Company(tenant_id=tenant_id, key=f"{tenant_id}-{hours_ago}-{one}", is_portfolio=True, health_scored_at=at)
        for one in range(number)
    )


def give(company: Company, *, payment: float | None = None, revenue: tuple[float, float] | None = None) -> None:
    if payment is not None:
        CompanyFigure.objects.create(company=company, name="payment", period_end=today(), value=payment)
    for years, amount in enumerate(reversed(revenue or ())):
        CompanyFigure.objects.create(
            company=company, name="revenue", period_end=today() - timedelta(days=365 * years), value=amount
        )


def news(*titles: str) -> list[dict[str, str]]:
    at = datetime.now(UTC).isoformat()
    return [{"title": title, "url": title, "publishedAt": at, "source": "example.com"} for title in titles]


def health(company: Company, redis: Any = None) -> HealthScore:
    job = run_job("health-scores", portfolioCompanyId=company.key, tenantId=company.tenant_id)
    assert job.status == "completed", job.error
    return HealthScore.objects.filter(company=company).latest("computed_at")


def value_of(score: HealthScore, name: str) -> float | None:
    return next(factor["value"] for factor in score.factors if factor["name"] == name)


# --- Which companies -------------------------------------------------------------------------------
def test_three_jobs_of_fifty_score_120_companies_once_each(redis_clean: Any) -> None:
    make_portfolio(120)

    results = [run_job("health-scores", batchSize=50, tenantId="acme").result for _ in range(3)]

    assert [result["processed"] for result in results] == [50, 50, 20]
    assert HealthScore.objects.count() == HealthScore.objects.values("company").distinct().count() == 120


@pytest.mark.django_db(transaction=True)
def test_jobs_that_run_side_by_side_never_score_the_same_company() -> None:
    make_portfolio(120)
    ready = threading.Barrier(3)
    processed: list[int] = []

    def work() -> None:
        try:
            ready.wait(30)
            with transaction.atomic():
                processed.append(score_stale(tenant_id="acme", most=50, log=print).processed)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(processed) == [20, 50, 50]
    assert HealthScore.objects.count() == HealthScore.objects.values("company").distinct().count() == 120


def test_only_stale_companies_of_the_portfolio_and_tenant_are_scored_oldest_first(redis_clean: Any) -> None:
    make_portfolio(2)
    make_portfolio(2, hours_ago=13)
    make_portfolio(2, hours_ago=20)
    make_portfolio(2, hours_ago=11)
    make_portfolio(2, tenant_id="rival")
    make_company("no-portfolio")
    before = datetime.now(UTC) - timedelta(minutes=1)

    run_job("health-scores", batchSize=5, tenantId="acme")

    fresh = sorted(Company.objects.filter(health_scored_at__gt=before).values_list("key", flat=True))
    assert fresh == ["acme-13-0", "acme-20-0", "acme-20-1", "acme-None-0", "acme-None-1"]


def test_an_unknown_company_and_one_outside_the_portfolio_fail_without_a_retry(redis_clean: Any) -> None:
    make_company("comp_1")

    unknown = run_job("health-scores", portfolioCompanyId="nobody", tenantId="acme")
    outside = run_job("health-scores", portfolioCompanyId="comp_1", tenantId="acme")

    assert (unknown.status, unknown.error_type) == ("failed", "VALIDATION_ERROR")
    assert "no company 'nobody'" in (unknown.error_message or "")
    assert "not in the portfolio" in (outside.error_message or "")


def test_the_schedule_covers_130_stale_companies_with_three_jobs_and_no_fresh_one() -> None:
    make_portfolio(130)
    make_portfolio(10, hours_ago=11)
    Schedule.objects.all().delete()
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    registration.sync(now=noon - timedelta(minutes=1))
    Company.objects.filter(health_scored_at__isnull=False).update(health_scored_at=noon - timedelta(hours=11))

    firing.fire_due(now=noon)

    jobs = Job.objects.filter(type="health-scores")
    assert len(jobs) == 3
    assert {(job.tenant_id, job.data["batchSize"]) for job in jobs} == {("acme", 50)}


def test_companies_scored_some_minutes_after_one_run_are_scored_by_the_next_one_12_hours_later() -> None:
    make_portfolio(3, hours_ago=1)
    Schedule.objects.all().delete()
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    registration.sync(now=noon - timedelta(minutes=1))
    Company.objects.update(health_scored_at=noon - timedelta(hours=12) + timedelta(minutes=5))

    firing.fire_due(now=noon)

    assert Job.objects.filter(type="health-scores").count() == 1


# --- From what -------------------------------------------------------------------------------------
def test_every_component_comes_from_what_is_stored(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    give(company, payment=90, revenue=(100, 108))
    tell(company, "articles", news("The company holds its annual meeting"), provider="gdelt")
    tell(company, "violations", [{"type": "S", "issuedOn": today().isoformat(), "activity": "1", "citation": "1"}])
    prospect = make_prospect()
    make_match(prospect, company)
    make_lien(prospect, "Internal Revenue Service")
    Signal.objects.create(tenant_id="acme", company=company, signal_id="s1", signal_type="visit", kind="site-visit")

    row = health(company)

    values = {factor["name"]: factor["value"] for factor in row.factors}
    assert values["payment"] == 90
    assert values["revenue"] == pytest.approx(69.00, abs=0.01)
    assert values["sentiment"] == 50
    assert values["safety"] == pytest.approx(81.87)
    assert values["ucc"] == 70
    assert values["engagement"] == pytest.approx(18.1, abs=0.1)
    assert [row.coverage, row.sentiment] == [1, 50]
    company.refresh_from_db()
    assert (company.health_score, company.health_grade, company.health_scored_at) == (
        row.score, row.grade, row.computed_at
    )  # fmt: skip


def test_bad_news_lowers_the_score_and_good_news_raises_it(redis_clean: Any) -> None:
    titles = {
        "bad": "Acme faces lawsuit and layoffs",
        "plain": "Acme holds its annual meeting",
        "good": "Acme wins award, profits soar",
    }
    scores = {}
    for key, title in titles.items():
        company = make_company(key, is_portfolio=True)
        give(company, payment=70, revenue=(100, 105))
        tell(company, "articles", news(title), provider="gdelt")
        scores[key] = health(company).score

    assert scores["bad"] < scores["plain"] < scores["good"]


def test_too_little_knowledge_gives_no_score_and_says_so(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    give(company, payment=90)

    row = health(company)

    company.refresh_from_db()
    assert (row.score, row.grade, float(row.coverage)) == (None, "", 0.25)
    assert (company.health_score, company.health_grade) == (None, "")
    assert company.health_scored_at == row.computed_at


def test_a_doubtful_match_lends_no_liens(redis_clean: Any) -> None:
    company, prospect = make_company(is_portfolio=True), make_prospect()
    make_match(prospect, company, "doubtful")
    make_lien(prospect, "Internal Revenue Service")

    assert value_of(health(company), "ucc") is None


def test_a_company_whose_fact_cannot_be_read_fails_alone_and_the_log_says_why(redis_clean: Any) -> None:
    company, other = make_company(is_portfolio=True), make_company("comp_2", name="Beta", is_portfolio=True)
    tell(company, "violations", [{"type": "S", "issuedOn": "soon"}])

    lines: list[str] = []
    with transaction.atomic():
        outcome = score_stale(tenant_id="acme", most=50, log=lines.append)

    assert (outcome.processed, outcome.updated, outcome.failed) == (2, 1, 1)
    assert lines == ["comp_1: not scored, 'soon' is no date such as 2026-01-31"]
    assert list(HealthScore.objects.values_list("company", flat=True)) == [other.pk]


def test_the_number_of_queries_does_not_grow_with_the_number_of_companies() -> None:
    def queries(number: int) -> int:
        with transaction.atomic(), CaptureQueriesContext(connection) as seen:
            assert score_stale(tenant_id="acme", most=number, log=print).processed == number
        return len(seen)

    make_portfolio(21)

    assert queries(20) == queries(1) <= 16


# --- What is said ----------------------------------------------------------------------------------
def test_a_fall_by_ten_points_within_a_month_is_told_once(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    give(company, payment=75, revenue=(100, 106))
    health(company)
    CompanyFigure.objects.filter(name="payment").update(value=50)

    health(company)
    health(company)

    alert = HealthAlert.objects.get()
    assert alert.reason == "fell by 12.50 points within 30 days"
    assert alert.company == company


def test_another_grade_is_told(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    give(company, payment=60, revenue=(100, 106))
    first = health(company)
    CompanyFigure.objects.filter(name="payment").update(value=70)

    second = health(company)

    assert HealthAlert.objects.get().reason == f"grade changed from {first.grade} to {second.grade}"


def test_the_weights_of_the_organisation_are_used(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    give(company, payment=90)
    save_weights(
        kind="health", tenant_id="acme", values={"leastCoverage": 0.2}, note="young companies", by=system_caller()
    )

    row = health(company)

    assert [row.score, row.weights_version] == [90, 1]
