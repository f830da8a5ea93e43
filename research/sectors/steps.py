"""Enqueueing the next step, in the transaction of the step before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.actions import Submission, enqueue_many
from jobs.handle import JobHandle
from jobs.submission import Options

from ..models import SectorAnalysis, Stock, StockAnalysis, SubSector
from . import naming
from .payloads import LONGEST_FEEDBACK

#: Ranks that are analysed by themselves.
TOP = 5
MOST_REJECTIONS = 3
#: The wait before a rejected stock is analysed anew is five seconds from the rejection's commit; the delay counts
#: from the beginning of its transaction.
REANALYSIS_DELAY_MS = 5_250


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose pipeline it is: the steps' jobs belong to whoever began the sector."""

    user_id: str
    tenant_id: str

    @classmethod
    def of(cls, sector: SectorAnalysis) -> "Owner":
        return cls(user_id=sector.user_id or "system", tenant_id=sector.tenant_id)

    def fields(self) -> dict[str, str]:
        return {"userId": self.user_id} | ({"tenantId": self.tenant_id} if self.tenant_id else {})


def enqueue_ranking(sub_sector: SubSector, owner: Owner) -> JobHandle:
    data = {"subSectorId": sub_sector.public_id, "sectorAnalysisId": sub_sector.sector.public_id}
    return _enqueue("stock-ranking", data, naming.ranking_job_id(sub_sector.public_id), owner)


def begin_analyses(stocks: Sequence[Stock], sub_sector: SubSector, owner: Owner) -> list[StockAnalysis]:
    """The first attempt of each of these stocks: its row and its job."""
    analyses = StockAnalysis.objects.bulk_create([_attempt(stock, 0, "") for stock in stocks])
    enqueue_many(
        [
            Submission(
                type="stock-analysis",
                data=_analysis_data(stock, sub_sector, 0, "") | owner.fields(),
                options=Options(job_id=analysis.job_id),
            )
            for stock, analysis in zip(stocks, analyses, strict=True)
        ],
        within_limits=False,
    )
    return analyses


def begin_attempt(
    stock: Stock, *, variation: int, feedback: str, owner: Owner, delay_ms: int | None = None
) -> tuple[StockAnalysis, JobHandle]:
    """A further attempt with what the judge said of those before."""
    feedback = feedback[-LONGEST_FEEDBACK:]
    analysis = _attempt(stock, variation, feedback)
    analysis.save()
    data = _analysis_data(stock, stock.sub_sector, variation, feedback)
    return analysis, _enqueue("stock-analysis", data, analysis.job_id, owner, delay_ms=delay_ms)


def enqueue_review(analysis: StockAnalysis, owner: Owner) -> JobHandle:
    data = {"stockAnalysisId": analysis.public_id}
    return _enqueue("judge-review", data, naming.judge_job_id(analysis.public_id), owner)


def enqueue_insights(analysis: StockAnalysis, owner: Owner) -> JobHandle:
    data = {"stockAnalysisId": analysis.public_id}
    return _enqueue("format-insights", data, naming.insights_job_id(analysis.public_id), owner)


def _attempt(stock: Stock, variation: int, feedback: str) -> StockAnalysis:
    return StockAnalysis(
        stock=stock,
        tenant_id=stock.tenant_id,
        variation=variation,
        feedback=feedback,
        job_id=naming.analysis_job_id(stock.public_id, variation),
    )


def _analysis_data(stock: Stock, sub_sector: SubSector, variation: int, feedback: str) -> dict[str, Any]:
    data = {"stockId": stock.public_id, "subSectorId": sub_sector.public_id, "variation": variation}
    return data | ({"judgeFeedback": feedback} if feedback else {})


def _enqueue(
    type_name: str, data: Mapping[str, Any], job_id: str, owner: Owner, *, delay_ms: int | None = None
) -> JobHandle:
    """What follows by itself is not held up by the organisation's limit of waiting jobs: its beginning was."""
    submission = Submission(
        type=type_name, data={**data, **owner.fields()}, options=Options(job_id=job_id, delay=delay_ms)
    )
    return enqueue_many([submission], within_limits=False)[0]
