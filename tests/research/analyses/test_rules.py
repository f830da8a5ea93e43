"""Analyses by rules, and the judge by rules: what is left out comes back, what is there is approved."""

import pytest

from providers.llm.analyst import Analyst
from research.analyses.judging import judge
from research.analyses.writing import write_analysis

from .samples import Share, facts


def attempt(variation: int, rows, feedback: str = "", missing: list[str] | None = None):
    return write_analysis(
        Share(), rows, variation=variation, feedback=feedback, missing_facts=missing or [], backend=Analyst()
    )


@pytest.mark.parametrize("bad", [{}, {"safety": "0.8"}, {"growth": "-0.05"}])
def test_a_first_attempt_that_leaves_nothing_out_is_approved(bad: dict[str, str]) -> None:
    rows = facts(**bad)

    verdict = judge(attempt(0, rows).content, rows, backend=Analyst())

    assert verdict.approved, verdict.feedback


def test_a_first_attempt_without_all_that_speaks_against_the_share_is_rejected_and_the_second_adds_it() -> None:
    rows = facts(safety="0.8", growth="-0.05", momentum="-0.15")

    first = attempt(0, rows)
    rejected = judge(first.content, rows, backend=Analyst())
    second = attempt(1, rows, rejected.feedback)
    approved = judge(second.content, rows, backend=Analyst())

    assert (rejected.approved, rejected.missing_facts) == (False, ["F4", "F7"])
    assert "Its revenue changed by -5.0 % a year." in rejected.feedback
    assert approved.approved, approved.feedback
    assert first.exchanges[0]["prompt"] != second.exchanges[0]["prompt"]
    assert "F7: Its price moved by -15.0 % in twelve months." in second.exchanges[0]["prompt"]
