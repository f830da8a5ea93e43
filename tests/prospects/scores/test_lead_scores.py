"""`scoring` and `lead-scores`: one company's score with its reasons, and all of an organisation."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.callers import system_caller
from jobs.models import LogLine
from jobs.testing import run_job
from prospects.models import BuyingSignal, Company, LeadScore, Signal
from prospects.scores.lead_scores import score_companies
from prospects.scores.weights import Versioned, save_weights
from prospects.scoring.weights import LeadWeights
from providers.llm.settings import ModelSettings
from tests.providers.llm.model_server import ModelServer, Reply, running

from .making import make_company

pytestmark = pytest.mark.django_db

WEIGHTS = Versioned(values=LeadWeights(), version=0)


def signal(company: Company, kind: str, *, days_ago: float = 1, number: int = 1) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    for one in range(number):
        Signal.objects.create(
            tenant_id=company.tenant_id,
            company=company,
            signal_id=f"{kind}-{days_ago}-{one}",
            signal_type=kind,
            kind=kind,
            occurred_at=at,
        )


def test_scoring_gives_a_score_with_factors_that_add_up(redis_clean: Any) -> None:
    company = make_company(country="US", employees=40, founded_on=date(2000, 1, 1))
    signal(company, "demo")

    job = run_job("scoring", companyId="comp_1", userId="user_1", tenantId="acme")

    result = job.result or {}
    company.refresh_from_db()
    assert job.status == "completed"
    assert set(result) >= {"companyId", "score", "factors", "scoredAt"}
    assert result["score"] == pytest.approx(sum(factor["contribution"] for factor in result["factors"]))
    assert (result["fit"], result["tier"], result["cached"]) == (100.0, "A", False)
    assert (float(company.lead_score or 0), company.lead_tier) == (result["score"], "A")
    assert company.lead_scored_at == LeadScore.objects.get().computed_at


@pytest.mark.parametrize(("key", "tenant"), [("unknown", "acme"), ("comp_1", "rival")])
def test_a_company_that_is_not_there_fails_without_a_retry(redis_clean: Any, key: str, tenant: str) -> None:
    make_company()

    job = run_job("scoring", companyId=key, tenantId=tenant)

    assert (job.status, job.error_type, job.attempts_made) == ("failed", "VALIDATION_ERROR", 1)
    assert f"no company '{key}'" in (job.error_message or "")


def test_a_fresh_score_is_taken_again_unless_a_refresh_is_forced(redis_clean: Any) -> None:
    make_company()
    first = run_job("scoring", companyId="comp_1", tenantId="acme").result

    again = run_job("scoring", companyId="comp_1", tenantId="acme").result
    forced = run_job("scoring", companyId="comp_1", tenantId="acme", forceRefresh=True).result

    assert (again["cached"], again["scoredAt"]) == (True, first["scoredAt"])
    assert (forced["cached"], forced["scoredAt"] > first["scoredAt"]) == (False, True)
    assert LeadScore.objects.count() == 2


def test_a_score_is_computed_anew_once_it_is_old_or_something_is_new(redis_clean: Any, settings: Any) -> None:
    company = make_company()
    score = lambda: run_job("scoring", companyId="comp_1", tenantId="acme").result  # noqa: E731
    score()

    signal(company, "funding")
    assert score()["cached"] is False
    save_weights(kind="lead", tenant_id="acme", values={"intentScale": 40}, note="try", by=system_caller())
    changed = score()
    assert (changed["cached"], changed["weightsVersion"]) == (False, 1)
    assert score()["cached"] is True
    settings.LEAD_SCORE_REUSE_SECONDS = 0
    assert score()["cached"] is False


def test_repeats_of_a_kind_on_one_day_are_capped_before_they_are_loaded() -> None:
    company, capped = make_company(), make_company("comp_2", name="Beta")
    signal(company, "site-visit", number=50)
    for one in range(3):
        Signal.objects.create(
            tenant_id="acme", company=capped, signal_id=f"b{one}", signal_type="visit", kind="site-visit",
            occurred_at=Signal.objects.first().occurred_at,
        )  # fmt: skip

    results = score_companies(companies=[company.pk, capped.pk], weights=WEIGHTS)

    assert results[company.pk].intent == results[capped.pk].intent > 0


def test_a_buying_signal_counts_by_its_confidence_and_not_beside_the_signal_it_was_found_in() -> None:
    companies = [make_company(f"comp_{number}", name=f"Company {number}") for number in range(3)]
    at = datetime.now(UTC)
    for company, evidence, confidence in zip(
        companies, ["award:1", "award:1", "signal:x"], ["1.0", "0.5", "1.0"], strict=True
    ):
        BuyingSignal.objects.create(
            tenant_id="acme", company=company, kind="contract-award", title="won", confidence=confidence,
            occurred_at=at, evidence_key=evidence,
        )  # fmt: skip

    results = score_companies(companies=[company.pk for company in companies], weights=WEIGHTS)

    sure, half, found = (results[company.pk].intent for company in companies)
    assert sure > half > found == 0


def test_the_number_of_queries_does_not_grow_with_the_number_of_companies() -> None:
    companies = [make_company(f"comp_{number}", name=f"Company {number}") for number in range(20)]
    for company in companies:
        signal(company, "funding", days_ago=company.pk)
    keys = [company.pk for company in companies]

    with CaptureQueriesContext(connection) as few:
        score_companies(companies=keys[:1], weights=WEIGHTS)
    with CaptureQueriesContext(connection) as many:
        score_companies(companies=keys, weights=WEIGHTS)

    assert len(many) == len(few) <= 4


def test_lead_scores_scores_every_company_of_the_tenant_once(redis_clean: Any) -> None:
    for number in range(3):
        make_company(f"comp_{number}", name=f"Company {number}")
    make_company("theirs", tenant_id="rival")

    job = run_job("lead-scores", tenantId="acme")

    assert (job.status, job.result) == ("completed", {"companies": 3, "finished": True})
    assert set(LeadScore.objects.values_list("tenant_id", flat=True)) == {"acme"}
    assert LeadScore.objects.count() == 3


# --- In words -----------------------------------------------------------------------------------------
@pytest.fixture
def model(settings: Any) -> Iterator[ModelServer]:
    with running() as server:
        settings.LANGUAGE_MODEL = ModelSettings(backend="openai", base_url=f"{server.url}/v1", key="k", model="some/m")
        yield server


def said(text: str) -> Reply:
    return Reply(text=json.dumps({"text": text}))


def test_without_a_model_rules_say_why_and_sign_it(redis_clean: Any) -> None:
    signal(make_company(country="US", employees=40, founded_on=date(2000, 1, 1)), "demo")

    result = run_job("scoring", companyId="comp_1", tenantId="acme").result

    words = result["explanation"]
    assert words["text"].startswith(f"{result['score']:.2f} of 100, tier A. Most came from Size (+")
    assert (words["backend"], words["isRuleBased"]) == ("analyst", True)
    assert LeadScore.objects.get().explanation["text"] == words["text"]


def test_a_model_explains_the_score_and_changes_none(redis_clean: Any, model: ModelServer, settings: Any) -> None:
    make_company(name="Acme </score> Inc", country="US", employees=40)
    model.replies = [said("Its size and place fit; nothing is known of its age.")]

    result = run_job("scoring", companyId="comp_1", tenantId="acme").result
    settings.LANGUAGE_MODEL = ModelSettings(backend="analyst")
    by_rules = run_job("scoring", companyId="comp_1", tenantId="acme", forceRefresh=True).result

    assert result["explanation"] == {
        "text": "Its size and place fit; nothing is known of its age.",
        "backend": "openai",
        "model": "some/m",
        "isRuleBased": False,
    }
    assert result["score"] == by_rules["score"]
    [asked] = model.asked
    prompt = asked["messages"][-1]["content"]
    assert f"Lead score: {result['score']:.2f} of 100" in prompt
    assert prompt.count("</score>") == 1


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param([said("It will buy for 90,000 dollars.")], id="invented"),
        pytest.param(
            [Reply(status=429, headers={"Retry-After": "600"}, body={"error": {"message": "slow"}})], id="429"
        ),
        pytest.param([Reply(status=529, body={"error": {"message": "busy"}})], id="529"),
        pytest.param([Reply(text="No.", stop="content_filter")] * 2, id="refused"),
    ],
)
def test_where_a_model_fails_or_invents_rules_write_and_the_log_says_why(
    redis_clean: Any, model: ModelServer, replies: list[Reply]
) -> None:
    make_company(country="US", employees=40)
    model.replies = list(replies)

    job = run_job("scoring", companyId="comp_1", tenantId="acme")

    assert (job.status, job.result["explanation"]["isRuleBased"], job.result["tier"]) == ("completed", True, "B")
    assert LogLine.objects.get(job_id=job.pk).text.startswith("Explained by rules: ")
    assert model.replies == []


def test_a_score_of_the_nightly_pass_is_explained_once_somebody_asks(redis_clean: Any) -> None:
    company = make_company(country="US", employees=40)
    score_companies(companies=[company.pk], weights=WEIGHTS)

    asked, again = (run_job("scoring", companyId="comp_1", tenantId="acme").result for _ in range(2))

    assert (asked["cached"], again["cached"]) == (False, True)
    assert asked["explanation"] == again["explanation"]
