"""The job type `stock-ranking`: the approved peers in order, and the best of them on their way."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from jobs.errors import InvalidInput
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob
from providers.llm.protocol import Backend

from ..analyses import rationale
from ..market import reading
from ..market.composite import Ranking
from ..models import Security, Stock, SubSector
from . import steps
from .conclusion import set_stock, take_up
from .failures import STEP_ENDED, is_open
from .payloads import StockRanking, refuse_unapproved
from .running import backend_of, enter, streaming, sub_sector_of
from .steps import Owner
from .stocks import ranked_stock

#: From these a ranking that came to nothing is taken up again, when its job is retried.
_BROKEN = (SubSector.Status.FAILED, SubSector.Status.CANCELLED)
MOST_RANKED = 10


@job_type(
    "stock-ranking",
    payload=StockRanking,
    related="sub_sector_id",
    precondition=refuse_unapproved,
    after_failure=AfterFailure(job_type=STEP_ENDED, wanted=is_open),
)
def rank_stocks(payload: StockRanking, job: RunningJob) -> dict[str, Any]:
    """Raises InvalidInput where the sub-sector is not approved or none of its shares can be ranked."""
    job.progress(0, "job started")
    sub_sector = _begin(payload, job)
    if sub_sector.ranked_at is not None:
        return _result(sub_sector)
    job.progress(10, "ranking started")
    ranking = reading.rank_shares(
        tenant_id=sub_sector.tenant_id, symbols=sub_sector.symbols, at_most=MOST_RANKED, check=job.check
    )
    _refuse_empty(sub_sector, ranking)
    backend = backend_of(job)
    explained = rationale.explain(
        ranking, backend, streaming(job, backend, begins=10, ends=70, stage="ranking started")
    )
    job.progress(70, "ranking completed")
    stocks = _stocks(sub_sector, ranking, explained.texts)
    job.progress(90, "queuing analyses")
    with job.completes() as completion:
        _store(sub_sector, ranking, explained, stocks, backend, job)
        completion.result = _result(sub_sector)
    return dict(completion.result)


def _begin(payload: StockRanking, job: RunningJob) -> SubSector:
    found = sub_sector_of(job, payload.sub_sector_id)
    if payload.sector_analysis_id not in (None, found.sector.public_id):
        raise InvalidInput(f"The sub-sector {found.public_id} belongs to the sector {found.sector.public_id}.")
    with transaction.atomic():
        enter(job, found.sector_id)
        sub_sector = SubSector.objects.select_related("sector").get(pk=found.pk)
        if sub_sector.ranked_at is not None:
            return sub_sector
        if sub_sector.status in _BROKEN:
            take_up(sub_sector, SubSector.Status.APPROVED)
        elif sub_sector.status != SubSector.Status.APPROVED:
            raise InvalidInput(f"The sub-sector {sub_sector.public_id} is not approved; approve it first.")
        SubSector.objects.filter(pk=sub_sector.pk).update(ranking_job_id=job.id)
    return sub_sector


def _refuse_empty(sub_sector: SubSector, ranking: Ranking) -> None:
    if ranking.ranked:
        return
    reasons = "; ".join(f"{one.symbol}: {one.reason}" for one in ranking.excluded[:5]) or "it has no shares"
    raise InvalidInput(f"No share of {sub_sector.name} can be ranked ({reasons}). Import its figures and prices.")


def _stocks(sub_sector: SubSector, ranking: Ranking, reasons: Mapping[str, str]) -> list[Stock]:
    known = Security.objects.filter(tenant_id=sub_sector.tenant_id, symbol__in=[one.symbol for one in ranking.ranked])
    securities = {one.symbol: one for one in known}
    return [
        ranked_stock(sub_sector, one, securities[one.symbol], reasons.get(one.symbol, "")) for one in ranking.ranked
    ]


def _store(
    sub_sector: SubSector,
    ranking: Ranking,
    explained: rationale.Explained,
    stocks: list[Stock],
    backend: Backend,
    job: RunningJob,
) -> None:
    sector = enter(job, sub_sector.sector_id)
    rows = SubSector.objects.filter(pk=sub_sector.pk, status=SubSector.Status.APPROVED, ranked_at=None)
    if not rows.update(
        status=SubSector.Status.ANALYSING,
        ranked_at=Now(),
        excluded=[{"symbol": one.symbol, "reason": one.reason} for one in ranking.excluded],
        backend=backend.name,
        model=explained.model[:200],
        exchanges=explained.exchanges,
    ):
        return
    Stock.objects.bulk_create(stocks)
    top = stocks[: steps.TOP]
    steps.begin_analyses(top, sub_sector, Owner.of(sector))
    for stock in top:
        set_stock(stock, Stock.Status.ANALYSING)


def _result(sub_sector: SubSector) -> dict[str, Any]:
    stocks = list(Stock.objects.filter(sub_sector=sub_sector).order_by("rank"))
    return {
        "subSectorId": sub_sector.public_id,
        "ranked": [
            {"stockId": one.public_id, "symbol": one.symbol, "name": one.name, "rank": one.rank} for one in stocks
        ],
        "queuedAnalyses": len(stocks[: steps.TOP]),
    }
