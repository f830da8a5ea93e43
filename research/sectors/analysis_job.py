"""The job type `stock-analysis`: one attempt to describe a stock, which the judge then sees."""

from typing import Any

from django.db import transaction

from jobs.errors import InvalidInput
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob
from providers.llm.protocol import Backend

from ..analyses import writing
from ..market import facts as market_facts
from ..models import JudgeReview, Stock, StockAnalysis
from . import naming, steps
from .conclusion import set_stock, take_up_stock
from .failures import STEP_ENDED, is_open
from .payloads import StockAnalysisWork
from .running import backend_of, enter, stock_of, streaming
from .steps import Owner

_Status = StockAnalysis.Status
#: An attempt in one of these is not over, so no other may begin.
OPEN = (_Status.RUNNING, _Status.WRITTEN, _Status.APPROVED)
#: From these an attempt is taken up again, when its job is retried.
_BROKEN = (_Status.FAILED, _Status.CANCELLED)


@job_type(
    "stock-analysis",
    payload=StockAnalysisWork,
    related="stock_id",
    after_failure=AfterFailure(job_type=STEP_ENDED, wanted=is_open),
)
def analyse_stock(payload: StockAnalysisWork, job: RunningJob) -> dict[str, Any]:
    """Raises InvalidInput for a variation that is not the stock's next, and errors of providers."""
    job.progress(0, "job started")
    stock = stock_of(job, payload.stock_id, payload.sub_sector_id)
    analysis = _begin(stock, payload, job)
    if analysis.status != _Status.RUNNING:
        return _result(analysis, stock)
    backend = backend_of(job)
    job.progress(10, "deep research started")
    facts = _facts(stock)
    written = writing.write_analysis(
        stock,
        facts,
        variation=analysis.variation,
        feedback=analysis.feedback,
        missing_facts=_missing_before(analysis),
        backend=backend,
        on_text=streaming(job, backend, begins=10, ends=80, stage="deep research started"),
    )
    job.progress(80, "analysis completed")
    job.progress(90, "queuing judge review")
    with job.completes() as completion:
        _store(analysis, stock, facts, written, backend, job)
        completion.result = _result(analysis, stock)
    return dict(completion.result)


def _facts(stock: Stock) -> list[dict[str, Any]]:
    if stock.security is None:
        raise InvalidInput(f"The share {stock.symbol} is not known any more; import its securities file again.")
    return market_facts.facts_of(stock.security, stock)


def _missing_before(analysis: StockAnalysis) -> list[str]:
    """Facts that the judge missed in the attempt before."""
    reviews = JudgeReview.objects.filter(
        analysis__stock_id=analysis.stock_id, analysis__variation__lt=analysis.variation
    )
    newest = reviews.order_by("-analysis__variation").values_list("missing_facts", flat=True).first()
    return list(newest or [])


def _begin(stock: Stock, payload: StockAnalysisWork, job: RunningJob) -> StockAnalysis:
    """The attempt, written by this job from here on; as it is where it was written before."""
    with transaction.atomic():
        enter(job, stock.sub_sector.sector_id)
        stock.refresh_from_db(fields=["status"])
        analysis = StockAnalysis.objects.filter(stock=stock, variation=payload.variation).first()
        if analysis is not None and analysis.status not in (_Status.RUNNING, *_BROKEN):
            return analysis
        _refuse_out_of_turn(stock, payload.variation)
        if analysis is None:
            analysis = _new(stock, payload, job)
        elif analysis.status in _BROKEN or analysis.job_id != job.id:
            # Whoever starts last writes it: an earlier run finds the row to be another's when it is done.
            analysis.status, analysis.job_id, analysis.problem, analysis.finished_at = _Status.RUNNING, job.id, "", None
            analysis.save(update_fields=["status", "job_id", "problem", "finished_at"])
        if stock.status != Stock.Status.ANALYSING:
            take_up_stock(stock, Stock.Status.ANALYSING)
    return analysis


def _refuse_out_of_turn(stock: Stock, variation: int) -> None:
    """An attempt begins when no other one is open, and is the stock's last or its next."""
    others = StockAnalysis.objects.filter(stock=stock).exclude(variation=variation)
    newest = others.order_by("-variation").values_list("variation", flat=True).first()
    following = 0 if newest is None else newest + 1
    if others.filter(status__in=OPEN).exists():
        raise InvalidInput(f"Another analysis of {stock.symbol} is under way; wait for its end.")
    if variation != following:
        raise InvalidInput(f"The next variation of {stock.symbol} is {following}, not {variation}.")


def _new(stock: Stock, payload: StockAnalysisWork, job: RunningJob) -> StockAnalysis:
    return StockAnalysis.objects.create(
        stock=stock,
        tenant_id=stock.tenant_id,
        variation=payload.variation,
        feedback=payload.judge_feedback,
        job_id=job.id,
    )


def _store(
    analysis: StockAnalysis,
    stock: Stock,
    facts: list[dict[str, Any]],
    written: writing.WrittenAnalysis,
    backend: Backend,
    job: RunningJob,
) -> None:
    sector = enter(job, stock.sub_sector.sector_id)
    mine = StockAnalysis.objects.filter(pk=analysis.pk, job_id=job.id, status=_Status.RUNNING)
    analysis.judge_job_id = naming.judge_job_id(analysis.public_id)
    if not mine.update(
        status=_Status.WRITTEN,
        approach=written.approach[:40],
        facts=facts,
        content=written.content,
        backend=backend.name,
        model=written.model[:200],
        exchanges=written.exchanges,
        judge_job_id=analysis.judge_job_id,
    ):
        raise InvalidInput(f"The analysis {analysis.public_id} is written by another job by now.")
    set_stock(stock, Stock.Status.REVIEWING)
    steps.enqueue_review(analysis, Owner.of(sector))


def _result(analysis: StockAnalysis, stock: Stock) -> dict[str, Any]:
    return {
        "stockAnalysisId": analysis.public_id,
        "stockId": stock.public_id,
        "variation": analysis.variation,
        "judgeJobId": analysis.judge_job_id or None,
    }
