"""The bundled sample from ranking to insights by rules: some first attempts are rejected, no second one is."""

import pytest

from providers.llm.analyst import Analyst
from research.analyses.insights import format_insights, validate
from research.analyses.judging import Verdict, judge
from research.analyses.propose import propose
from research.analyses.rationale import rationales
from research.analyses.writing import write_analysis
from research.market.facts import facts_of
from research.market.reading import rank_shares
from research.market.universe import ensure_universe, sub_sectors
from research.models import SectorAnalysis, Stock, SubSector

pytestmark = pytest.mark.django_db


@pytest.fixture
def stocks(settings) -> list[Stock]:
    """The best five of each sub-sector of a sector, as the pipeline would store them."""
    settings.SAMPLE_SOURCES = True
    ensure_universe("acme")
    sector = SectorAnalysis.objects.create(tenant_id="acme", name="Technology")
    known = {one.symbol: one for group in sub_sectors("acme", "Technology").values() for one in group}
    found = []
    proposal = propose("Technology", sub_sectors("acme", "Technology"), Analyst())
    for place, (name, _, symbols) in enumerate(proposal.sub_sectors, 1):
        group = SubSector.objects.create(tenant_id="acme", sector=sector, position=place, name=name)
        ranking = rank_shares(tenant_id="acme", symbols=symbols)
        texts = rationales(ranking, Analyst())
        found += [
            Stock.objects.create(
                tenant_id="acme",
                sub_sector=group,
                security=known[one.symbol],
                symbol=one.symbol,
                name=known[one.symbol].name,
                rank=one.rank,
                composite=one.composite,
                coverage=one.coverage,
                factors=one.stored_factors(),
                rationale=texts[one.symbol],
            )
            for one in ranking.ranked
        ]
    return [stock for stock in found if stock.rank <= 5]


def attempt(stock: Stock, facts, variation: int, feedback: str = "") -> tuple[dict, Verdict]:
    written = write_analysis(stock, facts, variation=variation, feedback=feedback, backend=Analyst())
    return written.content, judge(written.content, facts, backend=Analyst())


def test_a_minority_of_first_attempts_is_rejected_and_every_second_one_is_approved(stocks: list[Stock]) -> None:
    rejected = 0
    for stock in stocks:
        assert stock.security
        facts = facts_of(stock.security, stock)
        content, verdict = attempt(stock, facts, 0)
        if not verdict.approved:
            rejected += 1
            assert verdict.missing_facts
            content, verdict = attempt(stock, facts, 1, verdict.feedback)
        assert verdict.approved, verdict.feedback
        validate(format_insights(stock, content, facts, Analyst()).data)
        assert stock.rationale.startswith(f"Rank {stock.rank} of ")

    assert len(stocks) == 15
    assert 1 <= rejected < len(stocks) / 2
