"""The rubric's golden numbers and its limits."""

from decimal import Decimal

import pytest

from research.analyses.rubric import CRITERIA, result

KEYS = [one.key for one in CRITERIA]


def scored(*scores: int):
    return result(dict(zip(KEYS, scores, strict=True)))


def test_the_weights_sum_to_one() -> None:
    assert sum(one.weight for one in CRITERIA) == 1


def test_the_golden_rejection() -> None:
    found = scored(4, 3, 4, 3, 2, 4)

    assert (found.mean, found.score, found.approved) == (Decimal("3.45"), Decimal("0.6125"), False)


def test_the_golden_approval() -> None:
    found = scored(5, 4, 4, 4, 3, 4)

    assert (found.mean, found.score, found.approved) == (Decimal("4.20"), Decimal("0.8000"), True)


def test_seventy_per_cent_is_enough_and_less_is_not() -> None:
    assert scored(4, 4, 4, 3, 3, 4).score == Decimal("0.6875")
    assert not scored(4, 4, 4, 3, 3, 4).approved
    assert (scored(4, 3, 4, 4, 4, 4).score, scored(4, 3, 4, 4, 4, 4).approved) == (Decimal("0.7000"), True)


@pytest.mark.parametrize("weak", range(6))
def test_one_criterion_below_three_rejects_whatever_the_others_are(weak: int) -> None:
    found = scored(*(2 if place == weak else 5 for place in range(6)))

    assert not found.approved
    assert found.below == (KEYS[weak],)


def test_a_score_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="grounding is 6"):
        scored(6, 3, 3, 3, 3, 3)
    with pytest.raises(ValueError, match="each of grounding"):
        result({"grounding": 3})
