"""The pipeline with nothing scripted: the bundled sample, real ranks, analyses by rules and by a model."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import dispatch
from providers.llm.models import ModelMonth
from providers.llm.settings import ModelSettings
from research.analyses.insights import validate
from research.models import Insights, StockAnalysis, SubSector
from research.sectors import decisions
from tests.providers.llm.model_server import ModelServer, Reply, running

from . import sector_world as world
from .sector_world import caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


@pytest.fixture(autouse=True)
def sample(settings) -> None:
    dispatch._silent_until = 0.0
    settings.SAMPLE_SOURCES = True


def run_sub_sector(name: str) -> SubSector:
    """From the start of the sector to the end of one of its sub-sectors."""
    sector = decisions.start(name="Technology", by=caller()).sector
    world.run_all()
    [sub_sector] = world.approved(sector, name)
    world.run_all()
    sub_sector.refresh_from_db()
    return sub_sector


def test_by_rules_one_of_five_is_rejected_once_and_all_end_in_insights() -> None:
    sub_sector = run_sub_sector("Infrastructure software")

    stocks = list(sub_sector.stocks.filter(rank__lte=5))
    assert sub_sector.status == "completed"
    assert {stock.status for stock in stocks} == {"completed"}
    assert sum(stock.rejections for stock in stocks) == 1
    assert all(stock.rationale.startswith(f"Rank {stock.rank} of ") for stock in stocks)
    second = StockAnalysis.objects.get(variation=1)
    first = StockAnalysis.objects.get(stock=second.stock, variation=0)
    [missed] = first.review.missing_facts
    told = {fact["id"]: fact["text"] for fact in second.facts}[missed]
    assert (first.status, second.status, second.approach) == ("rejected", "formatted", "revised")
    assert told in first.review.feedback
    assert told in second.feedback
    assert first.review.feedback.splitlines()[0] in second.exchanges[0]["prompt"]
    assert first.exchanges[0]["prompt"] != second.exchanges[0]["prompt"]
    for insights in Insights.objects.all():
        validate(insights.data)
        assert insights.data["writtenBy"]["analysis"]["ruleBased"] is True
    assert Insights.objects.count() == 5


@pytest.fixture
def model(settings) -> Iterator[ModelServer]:
    with running() as server:
        server.next_reply = lambda: reply_to(server.asked[-1])  # type: ignore[method-assign]
        settings.LANGUAGE_MODEL = ModelSettings(
            backend="openai", base_url=f"{server.url}/v1", key="sk-1", model="author/m", judge_model="judge/m"
        )
        yield server


def reply_to(asked: dict[str, Any]) -> Reply:
    return Reply(text=json.dumps(_ANSWERS[asked["response_format"]["json_schema"]["name"]]))


def _said(text: str, kind: str = "assessment", *facts: str) -> dict[str, Any]:
    return {"text": text, "kind": kind, "facts": list(facts)}


_KEYS = ("thesis", "business", "financials", "valuation", "momentum", "risks", "bear", "catalysts", "conclusion")
_CRITERIA = ("grounding", "completeness", "reasoning", "risks", "calibration", "clarity")
_ANSWERS: dict[str, dict[str, Any]] = {
    "ProposalDraft": {
        "summary": "Makers of programs.",
        "groups": [{"name": "Software", "description": "They sell software.", "symbols": ["QHARK", "QDOVE", "QNONE"]}],
    },
    "RationaleDraft": {"rationales": [{"symbol": "QHARK", "text": "It leads by its return on capital."}]},
    "AnalysisContent": {key: [_said("A sound company.", "assessment", "F1")] for key in _KEYS} | {"confidence": "low"},
    "Reviewed": {key: {"reason": "It holds.", "score": 4} for key in _CRITERIA} | {"feedback": "", "missing": []},
    "InsightTexts": {
        "thesis": [{"text": "A sound company.", "facts": ["F1"]}],
        "strengths": [],
        "risks": [],
        "verdict": {"text": "Sound.", "facts": ["F1"]},
    },
}


def test_with_a_base_url_and_a_key_the_same_runs_on_a_model(model: ModelServer) -> None:
    sub_sector = run_sub_sector("Software")

    assert sub_sector.status == "completed"
    assert sub_sector.symbols == ["QDOVE", "QHARK"]
    assert Insights.objects.count() == 2
    author = Insights.objects.all()[0].data["writtenBy"]["analysis"]
    assert author == {"backend": "openai", "model": "author/m", "ruleBased": False}
    asked_of = {asked["response_format"]["json_schema"]["name"]: asked["model"] for asked in model.asked}
    assert {schema for schema, name in asked_of.items() if name == "judge/m"} == {"Reviewed"}
    booked = ModelMonth.objects.filter(tenant_id=world.TENANT).order_by("task").values_list("task", "calls")
    assert dict(booked) == {
        "sector-sub-sectors": 1,
        "stock-rationales": 1,
        "stock-analysis": 2,
        "judge-review": 2,
        "stock-insights": 2,
    }
