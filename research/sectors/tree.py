"""A sector with all that hangs on it, read in six queries whatever its size, and how far it is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jobs.models import Job

from ..models import JudgeReview, SectorAnalysis, Stock, StockAnalysis, SubSector
from ..models.analyses import StockAnalysisStatus
from ..models.sectors import StockStatus, SubSectorStatus

#: Of a sector's hundred: its research.
_RESEARCH = 10
#: Of a sub-sector's hundred: its ranking.
_RANKING = 10
#: Of a stock's hundred, by attempt: what was before, writing, the judge. A rejection takes nothing back.
_ATTEMPTS = ((0, 40, 20), (60, 10, 5), (75, 7, 3))
_FORMATTING = 85
_OVER = {StockStatus.COMPLETED, StockStatus.FAILED, StockStatus.CANCELLED}
_LEFT_OUT = {SubSectorStatus.REJECTED, SubSectorStatus.CANCELLED}


@dataclass(frozen=True, kw_only=True)
class AnalysisNode:
    """insights_id: None before they are formatted. job: of its present step; None once that was removed."""

    analysis: StockAnalysis
    review: JudgeReview | None
    insights_id: str | None
    job: Job | None


@dataclass(frozen=True, kw_only=True)
class StockNode:
    """analyses: by variation. percent: 0 to 100, None for one that is ranked only."""

    stock: Stock
    analyses: list[AnalysisNode]
    percent: float | None

    @property
    def newest(self) -> AnalysisNode | None:
        return self.analyses[-1] if self.analyses else None


@dataclass(frozen=True, kw_only=True)
class SubSectorNode:
    sub_sector: SubSector
    stocks: list[StockNode]
    percent: float
    job: Job | None


@dataclass(frozen=True, kw_only=True)
class SectorTree:
    """percent: 0 to 100, whole only when the sector is over."""

    sector: SectorAnalysis
    sub_sectors: list[SubSectorNode]
    percent: int
    job: Job | None


@dataclass
class _Rows:
    stocks: dict[int, list[Stock]] = field(default_factory=lambda: defaultdict(list))
    analyses: dict[int, list[StockAnalysis]] = field(default_factory=lambda: defaultdict(list))
    jobs: Mapping[str, Job] = field(default_factory=dict)


def tree_of(sector: SectorAnalysis) -> SectorTree:
    """The sector with sub-sectors by position, stocks by rank, analyses by variation."""
    sub_sectors = list(sector.sub_sectors.defer("exchanges").order_by("position"))
    rows = _read(sector, sub_sectors)
    nodes = [_sub_sector(one, rows) for one in sub_sectors]
    job = rows.jobs.get(sector.job_id)
    return SectorTree(sector=sector, sub_sectors=nodes, percent=_overall(sector, nodes, job), job=job)


def sub_sector_node(sub_sector: SubSector) -> SubSectorNode:
    return _sub_sector(sub_sector, _read(None, [sub_sector]))


def job_id_of(analysis: StockAnalysis) -> str:
    """Of its present step, or its last one."""
    by_status = {
        StockAnalysisStatus.WRITTEN: analysis.judge_job_id,
        StockAnalysisStatus.REJECTED: analysis.judge_job_id,
    }
    return by_status.get(StockAnalysisStatus(analysis.status)) or (
        analysis.format_job_id or analysis.judge_job_id or analysis.job_id
    )


# --- Reading --------------------------------------------------------------------------------------
def _read(sector: SectorAnalysis | None, sub_sectors: list[SubSector]) -> _Rows:
    rows = _Rows()
    stocks = Stock.objects.filter(sub_sector__in=sub_sectors).order_by("rank")
    for stock in stocks:
        rows.stocks[stock.sub_sector_id].append(stock)
    analyses = list(
        StockAnalysis.objects.filter(stock__sub_sector__in=sub_sectors)
        .select_related("review", "insights")
        .only(
            *("public_id", "stock_id", "variation", "approach", "status", "backend", "model", "problem"),
            *("job_id", "judge_job_id", "format_job_id", "created_at", "finished_at"),
            *("review__approved", "review__score", "review__feedback", "insights__public_id"),
        )
        .order_by("variation")
    )
    for analysis in analyses:
        rows.analyses[analysis.stock_id].append(analysis)
    rows.jobs = _jobs(
        [sector.job_id] if sector else [],
        (one.ranking_job_id for one in sub_sectors),
        (job_id_of(one) for one in analyses),
    )
    return rows


def _jobs(*ids: Iterable[str]) -> Mapping[str, Job]:
    wanted = {one for several in ids for one in several if one}
    jobs = Job.objects.filter(public_id__in=wanted).only("public_id", "status", "progress", "stage", "type", "queue")
    return {job.public_id: job for job in jobs}


def _sub_sector(sub_sector: SubSector, rows: _Rows) -> SubSectorNode:
    stocks = [_stock(one, rows) for one in rows.stocks[sub_sector.pk]]
    job = rows.jobs.get(sub_sector.ranking_job_id)
    return SubSectorNode(sub_sector=sub_sector, stocks=stocks, percent=_percent(sub_sector, stocks, job), job=job)


def _stock(stock: Stock, rows: _Rows) -> StockNode:
    nodes = [_analysis(one, rows) for one in rows.analyses[stock.pk]]
    return StockNode(stock=stock, analyses=nodes, percent=_stock_percent(stock, nodes))


def _analysis(analysis: StockAnalysis, rows: _Rows) -> AnalysisNode:
    review = getattr(analysis, "review", None)
    insights = getattr(analysis, "insights", None)
    return AnalysisNode(
        analysis=analysis,
        review=review,
        insights_id=insights.public_id if insights else None,
        job=rows.jobs.get(job_id_of(analysis)),
    )


# --- How far --------------------------------------------------------------------------------------
def _stock_percent(stock: Stock, nodes: list[AnalysisNode]) -> float | None:
    status = StockStatus(stock.status)
    if status in _OVER:
        return 100.0
    if not nodes or status == StockStatus.RANKED:
        return None
    job = nodes[-1].job
    done = (job.progress if job else 0) / 100
    before, writing, judging = _ATTEMPTS[min(nodes[-1].analysis.variation, len(_ATTEMPTS) - 1)]
    if status == StockStatus.ANALYSING:
        return before + writing * done
    if status == StockStatus.REVIEWING:
        return before + writing + judging * done
    return _FORMATTING + (100 - _FORMATTING) * done


def _percent(sub_sector: SubSector, stocks: list[StockNode], job: Job | None) -> float:
    status = SubSectorStatus(sub_sector.status)
    if status == SubSectorStatus.PENDING_APPROVAL:
        return 0.0
    if status == SubSectorStatus.APPROVED:
        return _RANKING * (job.progress if job else 0) / 100
    if status != SubSectorStatus.ANALYSING:
        return 100.0
    known = [one.percent for one in stocks if one.percent is not None]
    return _RANKING + (100 - _RANKING) * (sum(known) / len(known) / 100 if known else 0)


def _overall(sector: SectorAnalysis, nodes: list[SubSectorNode], job: Job | None) -> int:
    """Sub-sectors that were left out count for nothing. It does not say 100 before the sector is over."""
    if sector.finished_at is not None:
        return 100
    if sector.status == SectorAnalysis.Status.RESEARCHING:
        return int(_RESEARCH * (job.progress if job else 0) / 100)
    counted = [one.percent for one in nodes if one.sub_sector.status not in _LEFT_OUT]
    mean = sum(counted) / len(counted) if counted else 100.0
    return min(99, int(_RESEARCH + (100 - _RESEARCH) * mean / 100))
