"""The job type `format-insights`: the approved analysis as data, and the look whether its sub-sector is done."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from jobs.errors import InvalidInput
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob
from providers.llm.protocol import Backend

from ..analyses import insights as formatting
from ..models import Insights, JudgeReview, Stock, StockAnalysis, SubSector
from .conclusion import conclude, set_stock, take_up_stock
from .failures import STEP_ENDED, is_open
from .payloads import AnalysisStep
from .running import analysis_of, backend_of, enter, streaming

_Status = StockAnalysis.Status


@job_type(
    "format-insights",
    payload=AnalysisStep,
    related="stock_analysis_id",
    after_failure=AfterFailure(job_type=STEP_ENDED, wanted=is_open),
)
def format_analysis(payload: AnalysisStep, job: RunningJob) -> dict[str, Any]:
    """Raises InvalidInput where the analysis is not approved, and errors of providers."""
    job.progress(0, "job started")
    analysis = _begin(analysis_of(job, payload.stock_analysis_id), job)
    known = Insights.objects.filter(analysis=analysis).first()
    if known is not None:
        return _result(known, completed=_is_over(analysis))
    job.progress(20, "starting formatting")
    backend = backend_of(job)
    formatted = formatting.format_insights(
        analysis.stock,
        analysis.content,
        analysis.facts,
        backend,
        on_text=streaming(job, backend, begins=20, ends=70, stage="starting formatting"),
        author_backend=analysis.backend,
        author_model=analysis.model,
    )
    job.progress(70, "formatting completed")
    job.progress(90, "checking sub-sector completion")
    with job.completes() as completion:
        insights, completed = _store(analysis, formatted, backend, job)
        completion.result = _result(insights, completed=completed)
    return dict(completion.result)


def _begin(analysis: StockAnalysis, job: RunningJob) -> StockAnalysis:
    stock = analysis.stock
    with transaction.atomic():
        enter(job, stock.sub_sector.sector_id)
        analysis.refresh_from_db(fields=["status", "content", "facts"])
        if analysis.status == _Status.FORMATTED:
            return analysis
        if not JudgeReview.objects.filter(analysis=analysis, approved=True).exists():
            raise InvalidInput(f"The analysis {analysis.public_id} is not approved.")
        if StockAnalysis.objects.filter(stock=stock, variation__gt=analysis.variation).exists():
            raise InvalidInput(f"The analysis {analysis.public_id} was followed by another one.")
        if analysis.status != _Status.APPROVED:
            take_up_stock(stock, Stock.Status.FORMATTING)
        StockAnalysis.objects.filter(pk=analysis.pk).update(
            status=_Status.APPROVED, format_job_id=job.id, problem="", finished_at=None
        )
    return analysis


def _store(
    analysis: StockAnalysis, formatted: formatting.FormattedInsights, backend: Backend, job: RunningJob
) -> tuple[Insights, bool]:
    """The insights, and whether the sub-sector has ended with them."""
    stock = analysis.stock
    enter(job, stock.sub_sector.sector_id)
    mine = StockAnalysis.objects.filter(pk=analysis.pk, status=_Status.APPROVED, format_job_id=job.id)
    if not mine.update(status=_Status.FORMATTED, finished_at=Now()):
        raise InvalidInput(f"The analysis {analysis.public_id} is formatted by another job by now.")
    insights = Insights.objects.create(
        analysis=analysis,
        tenant_id=analysis.tenant_id,
        job_id=job.id,
        data=formatted.data,
        backend=backend.name,
        model=formatted.model[:200],
        exchanges=formatted.exchanges,
    )
    set_stock(stock, Stock.Status.COMPLETED, problem="")
    return insights, conclude(stock.sub_sector)


def _is_over(analysis: StockAnalysis) -> bool:
    return SubSector.objects.filter(pk=analysis.stock.sub_sector_id, status=SubSector.Status.COMPLETED).exists()


def _result(insights: Insights, *, completed: bool) -> dict[str, Any]:
    return {
        "stockAnalysisId": insights.analysis.public_id,
        "insightsId": insights.public_id,
        "subSectorCompleted": completed,
    }
