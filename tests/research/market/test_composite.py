"""The ranking: golden numbers, gaps, ties."""

from decimal import Decimal

from research.market.composite import WEIGHTS, Candidate, percentile, rank
from research.market.factors import Factor, z_double_prime, zone

GOLDEN = {
    "AAA": ("0.080", "0.18", "0.12", "0.25", "3.8"),
    "BBB": ("0.050", "0.22", "0.30", "0.10", "2.9"),
    "CCC": ("0.110", "0.06", "0.02", "-0.15", "1.0"),
    "DDD": ("0.065", "0.18", "0.08", "0.40", "4.5"),
}


def candidate(symbol: str, *values: str | None, revenue: str | None = None, problem: str = "") -> Candidate:
    factors = {
        name: Factor(value=None if value is None else Decimal(value), missing="" if value else "it is not known")
        for name, value in zip(WEIGHTS, values, strict=True)
    }
    return Candidate(
        symbol=symbol, factors=factors, revenue=None if revenue is None else Decimal(revenue), problem=problem
    )


def test_the_golden_table_comes_out_digit_by_digit():
    ranking = rank([candidate(symbol, *values) for symbol, values in GOLDEN.items()])

    assert [(one.symbol, one.rank, str(one.composite)) for one in ranking.ranked] == [
        ("AAA", 1, "59.375"),
        ("DDD", 2, "55.625"),
        ("BBB", 3, "53.750"),
        ("CCC", 4, "31.250"),
    ]
    assert ranking.excluded == ()


def test_the_golden_z_double_prime_is_safe():
    z = z_double_prime(Decimal("0.2"), Decimal("0.3"), Decimal("0.1"), Decimal("0.8"))

    assert z == Decimal("3.802")
    assert zone(z) == "safe"
    assert [zone(Decimal(one)) for one in ("2.6", "1.1", "1.09")] == ["grey", "grey", "distress"]


def test_equal_values_share_the_middle_of_their_places():
    peers = [Decimal(one) for one in (6, 18, 18, 22)]

    assert [percentile(value, peers) for value in peers] == [Decimal("12.5"), 50, 50, Decimal("87.5")]


def test_a_missing_factor_gives_its_weight_to_the_others():
    ranking = rank([candidate("AAA", "0.1", "0.1", None, None, "3"), candidate("BBB", "0.2", "0.2", "0.1", "0.1", "2")])
    first, second = ranking.ranked

    assert (first.symbol, second.symbol, second.coverage) == ("BBB", "AAA", Decimal("0.65"))
    assert second.factors["growth"].weight == 0
    assert second.factors["value"].weight == Decimal("0.3846")
    assert second.composite == Decimal("36.538")  # (25 × .25 + 25 × .25 + 75 × .15) / .65


def test_a_share_below_the_smallest_coverage_is_excluded_and_says_why():
    ranking = rank(
        [
            candidate("AAA", *GOLDEN["AAA"]),
            candidate("LOW", None, None, "0.1", "0.1", "3", problem="The SEC did not answer."),
            candidate("EDGE", None, "0.1", "0.1", "0.1", None),
        ]
    )

    assert [one.symbol for one in ranking.ranked] == ["AAA", "EDGE"]
    assert [one.symbol for one in ranking.excluded] == ["LOW"]
    assert ranking.excluded[0].reason == (
        "The SEC did not answer. Only 0.50 of the weights are known, at least 0.60 are needed; "
        "missing: value (it is not known), quality (it is not known)."
    )


def test_what_an_excluded_share_is_known_for_still_counts_among_the_peers():
    alone = rank([candidate("AAA", *GOLDEN["AAA"]), candidate("BBB", *GOLDEN["BBB"])])
    beside = rank(
        [
            candidate("AAA", *GOLDEN["AAA"]),
            candidate("BBB", *GOLDEN["BBB"]),
            candidate("LOW", None, None, "0.5", None, None),
        ]
    )

    assert alone.ranked[0].factors["growth"].percentile != beside.ranked[0].factors["growth"].percentile
    assert len(beside.ranked) == 2


def test_ties_are_broken_by_quality_then_revenue_then_symbol():
    mirrored = [candidate("LESS", "0.2", "0.1", "0.1", "0.1", "1"), candidate("MORE", "0.1", "0.2", "0.1", "0.1", "1")]
    same = [
        candidate(symbol, *GOLDEN["AAA"], revenue=revenue)
        for symbol, revenue in (("C", None), ("B", "10"), ("A", "10"), ("D", "20"))
    ]

    assert [one.symbol for one in rank(mirrored).ranked] == ["MORE", "LESS"]
    assert [one.symbol for one in rank(same).ranked] == ["D", "A", "B", "C"]


def test_only_the_best_ten_are_ranked_without_gaps():
    ranking = rank([candidate(f"S{n:02}", *[str(n)] * 5) for n in range(12)])

    assert [one.rank for one in ranking.ranked] == list(range(1, 11))
    assert [(one.symbol, one.reason) for one in ranking.excluded] == [
        ("S00", "Number 12 of 12: only the best 10 are ranked."),
        ("S01", "Number 11 of 12: only the best 10 are ranked."),
    ]


def test_nobody_to_rank_is_an_empty_ranking():
    assert rank([]).ranked == ()


def test_what_is_stored_of_a_factor_names_its_numbers():
    factors = {"value": Factor(value=Decimal("0.080000"), facts=("figure:1", "price:2"))}
    rest = {name: Factor(value=Decimal(1)) for name in WEIGHTS if name not in ("value", "safety")}
    gone = {"safety": Factor(value=None, missing="equity is not known")}
    stored = rank([Candidate(symbol="A", factors=factors | rest | gone)]).ranked[0].stored_factors()

    assert stored["value"] == {
        "value": "0.08",
        "percentile": "50",
        "weight": "0.2941",
        "facts": ["figure:1", "price:2"],
    }
    assert stored["safety"] == {
        "value": None,
        "percentile": None,
        "weight": "0",
        "facts": [],
        "missing": "equity is not known",
    }
