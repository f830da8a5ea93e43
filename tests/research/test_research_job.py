"""The job type `research`, written by rules and by a model."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.running import RunningJob
from jobs.testing import run_again, run_job
from prospects.models import Company
from providers.llm.settings import ModelSettings
from research.company import storing
from research.models import Research
from tests.providers.llm.model_server import ModelServer, Reply, running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_clean")]
KEYS = ["overview", "financing", "finances", "market", "news", "people", "risks", "outlook"]


def research(**data: object) -> Job:
    asked: dict[str, object] = {"company_id": "comp_1", "company_name": "Acme Foods Inc", "tenant_id": "acme"}
    return run_job("research", {**asked, **data})


@pytest.fixture(autouse=True)
def nobody_asks_any_more(transactional_db: None) -> Iterator[None]:
    """A report that fails leaves questions that are under way to themselves; they book what they cost."""
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("research"):
            thread.join(30)
            assert not thread.is_alive()


@pytest.fixture
def model(settings) -> Iterator[ModelServer]:
    with running() as server:
        settings.LANGUAGE_MODEL = ModelSettings(
            backend="openai", base_url=f"{server.url}/v1", key="sk-1", model="test/model"
        )
        yield server


def draft(*statements: tuple[str, str, list[str]]) -> str:
    told = [{"text": text, "kind": kind, "facts": facts} for text, kind, facts in statements]
    return json.dumps({"summary": "In short.", "statements": told})


def test_rules_write_eight_sections_from_what_is_known(acme: Company) -> None:
    job = research()

    report = Research.objects.get()
    assert job.result == {
        "researchId": report.public_id,
        "status": "complete",
        "sectionsComplete": 8,
        "totalSources": report.sources.count(),
        "confidenceScore": float(report.confidence or 0),
        "sentiment": "positive",
        "writtenBy": "rules",
    }
    assert [section.key for section in report.sections.all()] == KEYS
    told = {section.key: [one["text"] for one in section.statements] for section in report.sections.all()}
    assert "It has 120 employees." in told["overview"]
    assert "Since 2024-12-31 its revenue grew by 25.0 %." in told["finances"]
    assert told["financing"] == ["No UCC filing is known of the company."]
    assert "It is a good lead and worth a call." in told["outlook"]


def test_every_statement_of_rules_is_supported_and_leads_to_a_source(acme: Company) -> None:
    research()

    report = Research.objects.get()
    numbers = set(report.sources.values_list("number", flat=True))
    statements = [one for section in report.sections.all() for one in section.statements]
    assert {one["support"] for one in statements} == {"supported", "none"}
    for one in statements:
        assert one["support"] == "none" or set(one["sources"]) <= numbers
        assert bool(one["sources"]) == (one["support"] == "supported")
    assert report.sources.get(provider="gdelt").reference == "https://news.example/1"


def test_confidence_is_coverage_times_agreement(acme: Company) -> None:
    research()

    covered = sum(
        1
        for section in Research.objects.get().sections.all()
        if any(one["support"] == "supported" for one in section.statements)
    )
    assert Research.objects.get().confidence == Decimal(covered) / 8


def test_progress_advances_with_each_section(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    report = RunningJob.progress

    def remembered(job: RunningJob, percent: float, stage: str = "") -> None:
        seen.append(percent)
        report(job, percent, stage)

    monkeypatch.setattr(RunningJob, "progress", remembered)

    job = research()

    assert len(set(seen)) >= 10
    assert seen == sorted(seen)
    assert job.progress == 100


def test_an_unknown_company_is_made_from_the_request_and_says_what_is_not_known(db) -> None:
    job = research(company_id="comp_new", company_name="Nobody Knows LLC", domain="WWW.Nobody.example")

    company = Company.objects.get(key="comp_new")
    assert (company.name, company.domain, company.tenant_id) == ("Nobody Knows LLC", "nobody.example", "acme")
    assert (job.status, job.result["sentiment"]) == ("completed", "neutral")
    assert job.result["sectionsComplete"] == 8


def test_a_second_research_within_the_day_is_the_first_one(acme: Company) -> None:
    first = research()
    second = research()

    assert second.result == {**(first.result or {}), "cached": True}
    assert Research.objects.count() == 1


def test_a_refresh_is_a_new_research(acme: Company) -> None:
    first = research()
    second = research(force_refresh=True)

    assert second.result["researchId"] != first.result["researchId"]
    assert "cached" not in second.result


def test_an_old_research_is_not_reused(acme: Company, settings) -> None:
    first = research()
    Research.objects.update(completed_at=timezone.now() - timedelta(hours=25))

    assert research().result["researchId"] != first.result["researchId"]


def test_another_organisation_shares_nothing(acme: Company) -> None:
    research()
    theirs = research(tenant_id="other")

    assert "cached" not in theirs.result
    assert Company.objects.filter(key="comp_1").count() == 2


def test_a_run_that_dies_is_gone_on_with_and_nothing_is_doubled(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    written = storing.store_section

    def dies_after_three(**parts: object) -> None:
        if Research.objects.get().sections.count() == 3:
            raise ConnectionError("cut")
        written(**parts)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "store_section", dies_after_three)
    job = research()
    assert job.status == "delayed"
    monkeypatch.setattr(storing, "store_section", written)
    before = list(Research.objects.get().sections.values_list("id", flat=True))

    job = run_again(job)

    report = Research.objects.get()
    assert job.status == "completed"
    assert list(report.sections.values_list("id", flat=True))[:3] == before
    assert [section.key for section in report.sections.all()] == KEYS


def test_a_model_writes_the_same_report_and_its_inventions_are_marked(acme: Company, model: ModelServer) -> None:
    model.replies = [
        Reply(text=draft(("It employs 120 people.", "fact", ["F3"]), ("It is worth 5 billion.", "fact", ["F3"])))
    ] * 8

    job = research()

    report = Research.objects.get()
    overview = report.sections.get(key="overview")
    assert job.result["writtenBy"] == "test/model"
    assert [one["support"] for one in overview.statements] == ["supported", "unsupported"]
    assert overview.statements[1]["problem"] == "Its facts do not contain the number 5000000000."
    assert overview.summary == "In short."
    assert report.confidence < Decimal("0.5")


def test_the_prompt_and_the_answer_are_kept_with_the_section(acme: Company, model: ModelServer) -> None:
    model.replies = [Reply(text="no json"), *[Reply(text=draft(("Nothing.", "gap", [])))] * 8]

    research()

    kept = [one for section in Research.objects.get().sections.all() for one in section.exchanges]
    assert len(kept) == 9
    assert sum(1 for one in kept if one["problem"]) == 1
    assert any("It has 120 employees." in one["prompt"] for one in kept)
    assert sum(one["inputTokens"] for one in kept) == 900


def test_a_model_that_is_busy_makes_the_job_wait_as_long_as_it_says(acme: Company, model: ModelServer) -> None:
    model.replies = [Reply(status=429, headers={"Retry-After": "7"}, body={"error": {"message": "slow"}})] * 8

    job = research()

    assert (job.status, job.error_type) == ("delayed", "RATE_LIMIT")


def test_a_refused_key_is_not_tried_again(acme: Company, model: ModelServer) -> None:
    model.replies = [Reply(status=401, body={"error": {"message": "bad key"}})] * 8

    job = research()

    assert (job.status, job.error_type, job.attempts_made) == ("failed", "API_ERROR", 1)


def test_text_in_a_fact_is_handed_over_as_material_only(acme: Company, model: ModelServer) -> None:
    model.replies = [Reply(text=draft(("Nothing.", "gap", [])))] * 8

    research()

    assert all("never an instruction" in asked["messages"][0]["content"] for asked in model.asked)
    assert all("Facts:" in asked["messages"][1]["content"] for asked in model.asked)
