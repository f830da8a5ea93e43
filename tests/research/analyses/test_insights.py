"""Insights fit the published schema, and each of their numbers and texts leads to facts."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.llm.analyst import Analyst
from research.analyses.evidence import read_facts
from research.analyses.insights import InsightsInvalid, format_insights, schema, validate
from research.analyses.writing import write_analysis
from research.grounding import invented_numbers

from .samples import Share, content, facts

shares = st.decimals(min_value="-0.9", max_value="3", places=3).map(str)
altman = st.decimals(min_value="-9", max_value="12", places=2).map(str)


@settings(max_examples=25)
@given(growth=shares, momentum=shares, quality=shares, value=shares, safety=altman, variation=st.integers(0, 4))
def test_every_number_leads_to_a_fact_that_contains_it(variation: int, **figures: str) -> None:
    rows = facts(**figures)
    written = write_analysis(Share(), rows, variation=variation, backend=Analyst())

    data = format_insights(Share(), written.content, rows, Analyst()).data

    validate(data)
    numbered = read_facts(rows)
    sourced = {one["fact"]: one["text"] for one in data["sources"]}
    for part in _numbered_parts(data):
        assert part["facts"], part
        assert set(part["facts"]) <= set(sourced)
        told = [number for fact in part["facts"] for number in numbered[fact].numbers]
        assert invented_numbers(str(part.get("text", part.get("value"))), told) == [], part


def _numbered_parts(data: dict[str, Any]) -> list[dict[str, Any]]:
    texts = [*data["thesis"], *data["strengths"], *data["risks"], data["verdict"]]
    return [*texts, *data["metrics"], data["rank"], data["composite"]]


def test_insights_say_who_wrote_them_and_what_they_rest_on() -> None:
    data = format_insights(Share(), content(), facts(), Analyst(), author_backend="openai", author_model="m-1").data

    assert data["writtenBy"]["analysis"] == {"backend": "openai", "model": "m-1", "ruleBased": False}
    assert data["writtenBy"]["insights"]["ruleBased"] is True
    assert {one["origin"] for one in data["sources"]} == {"sample"}
    assert any("bundled sample" in text for text in data["disclaimers"])
    assert data["metrics"][0] == {
        "key": "revenue",
        "label": "Revenue",
        "value": "1250000000",
        "unit": "USD",
        "facts": ["F3"],
    }


def test_the_schema_is_one_of_2020_12_and_refuses_what_it_does_not_know() -> None:
    data = format_insights(Share(), content(), facts(), Analyst()).data

    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    with pytest.raises(InsightsInvalid, match=r"priceTarget"):
        validate({**data, "priceTarget": 1})
    with pytest.raises(InsightsInvalid, match=r"\$\.rank"):
        validate({**data, "rank": {"value": 1, "facts": []}})


@pytest.mark.parametrize(
    ("figures", "leaning", "words"),
    [
        ({"momentum": "0.05"}, "favourable", "more for the share"),
        ({"growth": "-0.05", "momentum": "-0.2", "quality": "0.02", "value": "0.05"}, "unfavourable", "more against"),
        ({"growth": "-0.05", "momentum": "0.05", "quality": "0.08", "value": "0.05"}, "mixed", "nearly balance"),
        (
            {"growth": "0.05", "momentum": "0.05", "quality": "0.08", "value": "0.05", "safety": "2"},
            "undecided",
            "ordinary",
        ),
    ],
)
def test_the_verdict_says_in_a_word_what_its_sentence_says(figures: dict[str, str], leaning: str, words: str) -> None:
    rows = facts(**figures)
    written = write_analysis(Share(), rows, variation=2, backend=Analyst())

    verdict = format_insights(Share(), written.content, rows, Analyst()).data["verdict"]

    assert verdict["leaning"] == leaning
    assert words in verdict["text"]
