"""The numbered facts that an analysis is written from."""

from decimal import Decimal

import pytest

from research.analyses.evidence import Topic
from research.grounding import numbers_in
from research.market.facts import facts_of
from research.market.reading import rank_shares
from research.models import ReportedFigure, SectorAnalysis, Security, Stock, SubSector


@pytest.fixture
def ranked(peers) -> dict[str, Stock]:
    sector = SectorAnalysis.objects.create(tenant_id="acme", name="Energy")
    group = SubSector.objects.create(tenant_id="acme", sector=sector, position=1, name="Oilfield services")
    return {
        one.symbol: Stock.objects.create(
            tenant_id="acme",
            sub_sector=group,
            symbol=one.symbol,
            name=one.symbol,
            rank=one.rank,
            composite=one.composite,
            coverage=one.coverage,
            factors=one.stored_factors(),
        )
        for one in rank_shares(tenant_id="acme", symbols=peers).ranked
    }


def told(stock: Stock) -> list[dict]:
    return facts_of(Security.objects.get(symbol=stock.symbol), stock)


def test_every_fact_is_a_sentence_whose_number_is_its_value_and_says_where_it_comes_from(ranked):
    for stock in ranked.values():
        facts = told(stock)

        assert 15 <= len(facts) <= 40
        assert [one["id"] for one in facts] == [f"F{n}" for n in range(1, len(facts) + 1)]
        for one in facts:
            assert one["text"].endswith(".")
            assert stock.symbol in one["text"] or one["text"].startswith("The median ")
            assert one["topic"] in set(Topic)
            assert one["origin"] == "sample"
            assert one["reference"]
            if one["value"] is not None:
                scale = {"billion USD": 10**9, "million USD": 10**6}.get(one["unit"], 1)
                assert abs(Decimal(one["value"])) * scale in numbers_in(one["text"]), one


def test_facts_tell_the_years_the_zone_and_the_place_among_peers(ranked):
    texts = {one["text"]: one for one in told(ranked["QGARR"])}
    filed = texts["Garrowby Completion (QGARR) had revenue of 807.9 million USD in the fiscal year to 2025-12-31."]

    assert filed["reference"] == "10-K sample-QGARR-2025, year to 2025-12-31"
    assert sum(1 for text in texts if " had revenue of " in text) == 8
    assert "Altman Z″ of Garrowby Completion (QGARR) was 0.92 on 2025-12-31, in the distress zone." in texts
    assert "Garrowby Completion (QGARR) ranks 8 of 8 peers in Oilfield services." in texts
    fell = next(one for one in texts.values() if one["topic"] == "growth")
    assert (" fell by 13.2 %" in fell["text"], fell["value"]) == (True, "-13.2")


def test_what_is_not_known_is_told_as_a_gap(ranked):
    stock = ranked["QARDO"]
    stock.factors["safety"] = {
        "value": None,
        "percentile": None,
        "weight": "0",
        "facts": [],
        "missing": "x is not known",
    }

    gaps = {one["text"]: one["topic"] for one in told(stock) if "cannot be computed" in one["text"]}

    assert gaps == {"The Altman Z″ of Ardoway Drilling (QARDO) cannot be computed: x is not known.": "gap"}


def test_a_number_of_several_sources_has_the_origin_that_counts_least(ranked):
    ReportedFigure.objects.filter(security__symbol="QARDO").update(source="live")

    by_topic = {one["topic"]: one["origin"] for one in told(ranked["QARDO"])}

    assert (by_topic["revenue"], by_topic["value"], by_topic["momentum"]) == ("live", "sample", "sample")
