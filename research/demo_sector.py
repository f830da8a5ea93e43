"""A sector of the demonstration set that stands before each of the pipeline's steps at once.

Its words and verdict are written by rules from the bundled sample, as the jobs themselves would; only their order is
skipped, so that one job of every type can be enqueued right after loading.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from providers.llm.analyst import Analyst

from .analyses import judging, writing
from .market import facts, reading, universe
from .models import JudgeReview, SectorAnalysis, Security, Stock, StockAnalysis, SubSector
from .sectors import naming
from .sectors.stocks import ranked_stock

#: Of the sector that the example of `sector-research` makes.
NEW_SECTOR = "demo-sector"
SUMMARY = "Made by load_demo: each step of the pipeline has something to do here."
_STOCKS = 3
#: Stands for the jobs that did not run; no job has such an id.
_NO_JOB = "load-demo"


def ensure_sector(*, tenant_id: str, user_id: str) -> dict[str, dict[str, Any]]:
    """Examples of the five job types by name; none where no shares of two groups of peers are known."""
    names = universe.sector_names(tenant_id)
    name = f"{names[0]} (demonstration)"[:100] if names else ""
    sector = SectorAnalysis.objects.filter(tenant_id=tenant_id, name=name).first()
    if sector is None:
        groups = _groups(tenant_id, names)
        if len(groups) < 2:
            return {}
        sector = _made(tenant_id, user_id, name, groups)
    return _examples(sector, names[0], user_id)


def _groups(tenant_id: str, names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Sub-sectors of the first sector with enough shares, each with its symbols."""
    found = universe.sub_sectors(tenant_id, names[0]) if names else {}
    groups = [(name, [one.symbol for one in shares]) for name, shares in found.items()]
    return [(name, symbols) for name, symbols in groups if len(symbols) >= _STOCKS]


def _made(tenant_id: str, user_id: str, name: str, groups: Sequence[tuple[str, list[str]]]) -> SectorAnalysis:
    sector = SectorAnalysis.objects.create(
        tenant_id=tenant_id,
        user_id=user_id,
        name=name,
        status=SectorAnalysis.Status.ACTIVE,
        summary=SUMMARY,
        backend=Analyst.name,
    )
    _sub_sector(sector, 1, groups[0], status=SubSector.Status.APPROVED)
    ranked = _sub_sector(
        sector, 2, groups[1], status=SubSector.Status.ANALYSING, ranked_at=timezone.now(), backend=Analyst.name
    )
    _stocks(ranked)
    return sector


def _sub_sector(sector: SectorAnalysis, position: int, group: tuple[str, list[str]], **values: Any) -> SubSector:
    name, symbols = group
    return SubSector.objects.create(
        sector=sector, tenant_id=sector.tenant_id, position=position, name=name, symbols=symbols, **values
    )


def _stocks(sub_sector: SubSector) -> None:
    """The best one waits to be analysed, the second for the judge, the third to be formatted."""
    ranking = reading.rank_shares(tenant_id=sub_sector.tenant_id, symbols=sub_sector.symbols, at_most=_STOCKS)
    statuses = (Stock.Status.ANALYSING, Stock.Status.REVIEWING, Stock.Status.FORMATTING)
    for ranked, status in zip(ranking.ranked, statuses, strict=False):
        security = Security.objects.get(tenant_id=sub_sector.tenant_id, symbol=ranked.symbol)
        stock = ranked_stock(sub_sector, ranked, security)
        stock.status = status
        stock.save()
        if status == Stock.Status.REVIEWING:
            _analysis(stock, StockAnalysis.Status.WRITTEN)
        elif status == Stock.Status.FORMATTING:
            _approved(_analysis(stock, StockAnalysis.Status.APPROVED))


def _analysis(stock: Stock, status: str) -> StockAnalysis:
    assert stock.security is not None  # noqa: S101  made above
    told = facts.facts_of(stock.security, stock)
    written = writing.write_analysis(stock, told, variation=0, backend=Analyst())
    analysis = StockAnalysis(stock=stock, tenant_id=stock.tenant_id, variation=0, status=status)
    analysis.job_id = f"{_NO_JOB}-{analysis.public_id}"
    analysis.judge_job_id = naming.judge_job_id(analysis.public_id)
    analysis.approach, analysis.content, analysis.facts = written.approach[:40], written.content, told
    analysis.backend, analysis.model, analysis.exchanges = Analyst.name, written.model[:200], written.exchanges
    analysis.save()
    return analysis


def _approved(analysis: StockAnalysis) -> None:
    verdict = judging.judge(analysis.content, analysis.facts, backend=Analyst())
    JudgeReview.objects.create(
        analysis=analysis,
        tenant_id=analysis.tenant_id,
        job_id=f"{_NO_JOB}-{analysis.public_id}",
        approved=verdict.approved,
        score=verdict.score,
        gates=verdict.gates,
        criteria=verdict.criteria,
        feedback=verdict.feedback,
        missing_facts=verdict.missing_facts,
        backend=Analyst.name,
        model=verdict.model[:200],
        exchanges=verdict.exchanges,
    )


def _examples(sector: SectorAnalysis, sector_name: str, user_id: str) -> dict[str, dict[str, Any]]:
    own = {"tenantId": sector.tenant_id, "userId": user_id}
    approved, ranked = sector.sub_sectors.order_by("position")
    examples: dict[str, dict[str, Any]] = {
        "sector-research": {**own, "sectorAnalysisId": NEW_SECTOR, "sectorName": sector_name},
        "stock-ranking": {**own, "subSectorId": approved.public_id},
    }
    steps = ("stock-analysis", "judge-review", "format-insights")
    for stock, step in zip(ranked.stocks.order_by("rank"), steps, strict=False):
        if step == "stock-analysis":
            examples[step] = {**own, "stockId": stock.public_id, "subSectorId": ranked.public_id}
        else:
            analysis = stock.analyses.get(variation=0)
            examples[step] = {**own, "stockAnalysisId": analysis.public_id}
    return examples
