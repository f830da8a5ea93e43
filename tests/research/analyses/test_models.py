"""Analyses and verdicts by models behind both wire protocols."""

import json
from decimal import Decimal
from typing import Any

import pytest

from research.analyses.insights import format_insights, validate
from research.analyses.judging import judge
from research.analyses.propose import NothingToPropose, propose
from research.analyses.rationale import explain
from research.analyses.rubric import CRITERIA
from research.analyses.writing import write_analysis
from research.market.composite import Candidate, rank
from research.market.factors import Factor
from tests.providers.llm.model_server import ModelServer

from .models import Make, answer, both, openai, prompts, reviewed
from .samples import Share, content, facts, statement


@both
def test_a_model_writes_what_the_judge_of_a_model_approves(make: Make, server: ModelServer) -> None:
    server.replies = [answer(content()), answer(reviewed(5, 4, 4, 4, 3, 4))]
    pieces: list[str] = []

    written = write_analysis(Share(), facts(), variation=0, backend=make(server), on_text=pieces.append)
    verdict = judge(written.content, facts(), backend=make(server))

    assert written.content == content()
    assert json.loads("".join(pieces)) == content()
    assert (written.approach, len(written.exchanges), written.exchanges[0]["inputTokens"]) == ("plain", 1, 100)
    assert (verdict.approved, verdict.score, verdict.feedback) == (True, Decimal("0.8000"), "")
    assert [one["reason"] for one in verdict.criteria] == [f"why {one.key}" for one in CRITERIA]


def test_the_judge_is_asked_without_chance_and_for_reasons_before_scores(server: ModelServer) -> None:
    server.replies = [answer(reviewed(5, 4, 4, 4, 3, 4))]

    judge(content(), facts(), backend=openai(server))

    [asked] = server.asked
    schema = asked["response_format"]["json_schema"]["schema"]
    assert asked["temperature"] == 0
    assert list(schema["$defs"]["Scored"]["properties"]) == ["reason", "score"]


@both
def test_what_a_judge_missed_is_told_to_the_next_attempt_whose_prompt_is_another(
    make: Make, server: ModelServer
) -> None:
    server.replies = [answer(reviewed(4, 3, 4, 3, 2, 4, missing=("F8", "F99"))), *[answer(content())] * 4]

    verdict = judge(content(), facts(), backend=make(server))
    for variation in range(4):
        feedback = verdict.feedback if variation else ""
        write_analysis(Share(), facts(), variation=variation, feedback=feedback, backend=make(server))

    assert (verdict.approved, verdict.score, verdict.missing_facts) == (False, Decimal("0.6125"), ["F8"])
    _, plain, revised, bear_first, again = prompts(server)
    assert len({plain, revised, bear_first}) == 3
    assert again == revised
    for later in (revised, bear_first):
        assert "Weigh the risks." in later
        assert "Calibration was given 2 of 5: why calibration" in later
        assert "must use: F8\n" in later
        assert "- F8: Its Altman Z″ is 3.8." in later
    assert "strongest case against" in bear_first


def test_the_attempt_with_another_view_is_warmer(server: ModelServer) -> None:
    server.replies = [answer(content())] * 3

    for variation in range(3):
        write_analysis(Share(), facts(), variation=variation, feedback="x", backend=openai(server))

    cold, revised, warm = (asked["temperature"] for asked in server.asked)
    assert cold == revised < warm


def test_where_a_gate_fails_nobody_is_asked(server: ModelServer) -> None:
    invented = content(thesis=[statement("It is worth 5 billion.", "F3", kind="assessment")])

    verdict = judge(invented, facts(), backend=openai(server))

    assert (verdict.approved, verdict.score, verdict.criteria, verdict.exchanges) == (False, Decimal(0), [], [])
    assert "states 5000000000, which its facts do not contain" in verdict.feedback
    assert server.asked == []


def test_insights_of_a_model_keep_what_facts_support_and_say_what_was_replaced(server: ModelServer) -> None:
    def said(text: str, *cited: str) -> dict[str, Any]:
        return {"text": text, "facts": list(cited)}

    server.replies = [
        answer(
            {
                "thesis": [said("It grew by 12 % a year.", "F4"), said("It will be worth 9 billion.", "F3")],
                "strengths": [said("Return on capital is 18 %.", "F5")],
                "risks": [said("Sell the shares.", "F7")],
                "verdict": said("A sound company with 77 branches.", "F1"),
            }
        )
    ]

    made = format_insights(Share(), content(), facts(), openai(server), author_backend="analyst", author_model="rules")

    validate(made.data)
    assert [one["text"] for one in made.data["thesis"]] == ["It grew by 12 % a year."]
    assert made.data["risks"] == []
    assert made.data["verdict"]["text"] == "Growth and safety outweigh the rest."
    assert any("replaced" in text for text in made.data["disclaimers"])
    assert (made.data["writtenBy"]["analysis"]["ruleBased"], made.data["writtenBy"]["insights"]["model"]) == (
        True,
        "some/model",
    )


GROUPS = {"Pumps": [Share("AAA"), Share("BBB")], "Valves": [Share("CCC")]}


def test_a_model_may_group_shares_anew_but_brings_none_of_its_own(server: ModelServer) -> None:
    groups = [
        {"name": "Flow", "description": "They move fluids.", "symbols": ["aaa", "CCC", "TSLA"]},
        {"name": "flow", "description": "Again.", "symbols": ["BBB"]},
        {"name": "Ghosts", "description": "None.", "symbols": ["NVDA"]},
        {"name": "Rest", "description": "Worth 9 billion.", "symbols": ["AAA", "BBB"]},
    ]
    server.replies = [answer({"summary": "A sector of 400 companies.", "groups": groups})]

    found = propose("Industry", GROUPS, openai(server))

    assert [(one.name, one.symbols) for one in found.sub_sectors] == [("Flow", ["AAA", "CCC"]), ("Rest", ["BBB"])]
    assert found.sub_sectors[1].description == "Alpha Pumps Inc."
    assert "400" not in found.summary
    assert found.left_out == []


def test_a_sector_without_shares_says_what_to_do(server: ModelServer) -> None:
    with pytest.raises(NothingToPropose, match="Import securities"):
        propose("Nowhere", {"Empty": []}, openai(server))


def test_the_words_about_ranks_change_no_rank_and_invent_no_number(server: ModelServer) -> None:
    def candidate(symbol: str, *values: str) -> Candidate:
        names = ("value", "quality", "growth", "momentum", "safety")
        return Candidate(
            symbol=symbol,
            factors={name: Factor(value=Decimal(one)) for name, one in zip(names, values, strict=True)},
        )

    ranking = rank(
        [
            candidate("AAA", "0.08", "0.18", "0.12", "0.25", "3.8"),
            candidate("CCC", "0.11", "0.06", "0.02", "-0.15", "1.0"),
        ]
    )
    texts = [
        {"symbol": "CCC", "text": "It should be first; its price fell by 15 %."},
        {"symbol": "AAA", "text": "It earned 99 % on its capital."},
    ]
    server.replies = [answer({"rationales": texts})]

    found = explain(ranking, openai(server))

    assert [one.symbol for one in ranking.ranked] == ["AAA", "CCC"]
    assert found.texts["CCC"] == "It should be first; its price fell by 15 %."
    assert found.texts["AAA"].startswith("Rank 1 of 2 with ")
    assert "Written by rules" in found.texts["AAA"]
    assert found.by_rules == {"AAA"}
