"""The job type `judge-review`: approved goes on to be formatted, rejected is written anew, three times at most."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from jobs.errors import InvalidInput, JudgeRejection
from jobs.registry import AfterFailure, job_type
from jobs.running import RunningJob
from providers.llm.protocol import Backend

from ..analyses import judging
from ..models import JudgeReview, SectorAnalysis, Stock, StockAnalysis
from ..models.analyses import StockAnalysisStatus
from . import naming, steps
from .conclusion import give_up, set_stock, take_up_stock
from .failures import STEP_ENDED, is_open
from .payloads import AnalysisStep
from .running import analysis_of, enter, judge_backend_of, streaming
from .steps import MOST_REJECTIONS, Owner

_Status = StockAnalysis.Status


@job_type(
    "judge-review",
    payload=AnalysisStep,
    related="stock_analysis_id",
    after_failure=AfterFailure(job_type=STEP_ENDED, wanted=is_open),
)
def review_analysis(payload: AnalysisStep, job: RunningJob) -> dict[str, Any]:
    """The rejection that is one too many ends the job `dead`, with class JUDGE_REJECTION.

    Raises InvalidInput where the analysis does not wait for the judge, and errors of providers.
    """
    job.progress(0, "job started")
    analysis = _begin(analysis_of(job, payload.stock_analysis_id), job)
    if analysis.status != _Status.WRITTEN:
        return _known_result(analysis)
    job.progress(20, "starting review")
    backend = judge_backend_of(job)
    on_text = streaming(job, backend, begins=20, ends=70, stage="starting review")
    verdict = judging.judge(analysis.content, analysis.facts, backend=backend, on_text=on_text)
    job.progress(70, "review completed")
    job.progress(90, "queuing next job")
    return _decide(analysis, verdict, backend, job)


def _begin(analysis: StockAnalysis, job: RunningJob) -> StockAnalysis:
    """The analysis, before this judge from here on; as it is where it was judged before."""
    stock = analysis.stock
    with transaction.atomic():
        enter(job, stock.sub_sector.sector_id)
        stock.refresh_from_db(fields=["status", "rejections"])
        analysis.refresh_from_db(fields=["status", "content", "facts"])
        if JudgeReview.objects.filter(analysis=analysis).exists():
            return analysis
        _refuse_out_of_turn(analysis)
        if analysis.status != _Status.WRITTEN:
            take_up_stock(stock, Stock.Status.REVIEWING)
        analysis.status, analysis.judge_job_id = _Status.WRITTEN, job.id
        StockAnalysis.objects.filter(pk=analysis.pk).update(
            status=_Status.WRITTEN, judge_job_id=job.id, problem="", finished_at=None
        )
    return analysis


def _refuse_out_of_turn(analysis: StockAnalysis) -> None:
    """What is judged has been written, and is the stock's last attempt."""
    if not analysis.content:
        raise InvalidInput(f"The analysis {analysis.public_id} is not written yet.")
    if StockAnalysis.objects.filter(stock=analysis.stock, variation__gt=analysis.variation).exists():
        raise InvalidInput(f"The analysis {analysis.public_id} was followed by another one.")


def _decide(analysis: StockAnalysis, verdict: judging.Verdict, backend: Backend, job: RunningJob) -> dict[str, Any]:
    if not verdict.approved and analysis.stock.rejections + 1 >= MOST_REJECTIONS:
        return _reject_for_good(analysis, verdict, backend, job)
    with job.completes() as completion:
        sector = _keep(analysis, verdict, backend, job)
        next_job = _approve(analysis, sector) if verdict.approved else _reject(analysis, verdict, sector)
        completion.result = _result(analysis, verdict.approved, verdict.score, verdict.feedback, next_job)
    return dict(completion.result)


def _reject_for_good(
    analysis: StockAnalysis, verdict: judging.Verdict, backend: Backend, job: RunningJob
) -> dict[str, Any]:
    stock = analysis.stock
    rejections = stock.rejections + 1
    reason = f"The judge rejected {rejections} analyses of {stock.symbol}: {verdict.feedback}"
    result = _result(analysis, False, verdict.score, verdict.feedback, None) | {"rejections": rejections}
    with job.fails(JudgeRejection(reason), dead=True, result=result):
        _keep(analysis, verdict, backend, job)
        _end(analysis, _Status.REJECTED)
        _count_rejection(stock)
        give_up(stock, reason)
    return result


def _keep(analysis: StockAnalysis, verdict: judging.Verdict, backend: Backend, job: RunningJob) -> SectorAnalysis:
    """Store the verdict. Raises InvalidInput where the analysis is before another judge by now."""
    sector = enter(job, analysis.stock.sub_sector.sector_id)
    if not StockAnalysis.objects.filter(pk=analysis.pk, status=_Status.WRITTEN, judge_job_id=job.id).exists():
        raise InvalidInput(f"The analysis {analysis.public_id} is before another judge by now.")
    JudgeReview.objects.create(
        analysis=analysis,
        tenant_id=analysis.tenant_id,
        job_id=job.id,
        approved=verdict.approved,
        score=verdict.score,
        gates=verdict.gates,
        criteria=verdict.criteria,
        feedback=verdict.feedback,
        missing_facts=verdict.missing_facts,
        backend=backend.name,
        model=verdict.model[:200],
        exchanges=verdict.exchanges,
    )
    return sector


def _approve(analysis: StockAnalysis, sector: SectorAnalysis) -> str:
    job_id = naming.insights_job_id(analysis.public_id)
    StockAnalysis.objects.filter(pk=analysis.pk).update(status=_Status.APPROVED, format_job_id=job_id)
    set_stock(analysis.stock, Stock.Status.FORMATTING)
    return steps.enqueue_insights(analysis, Owner.of(sector)).id


def _reject(analysis: StockAnalysis, verdict: judging.Verdict, sector: SectorAnalysis) -> str:
    _end(analysis, _Status.REJECTED)
    _count_rejection(analysis.stock)
    set_stock(analysis.stock, Stock.Status.ANALYSING)
    _, handle = steps.begin_attempt(
        analysis.stock,
        variation=analysis.variation + 1,
        feedback=feedback_after(analysis, verdict.feedback),
        owner=Owner.of(sector),
        delay_ms=steps.REANALYSIS_DELAY_MS,
    )
    return handle.id


def feedback_after(analysis: StockAnalysis, feedback: str) -> str:
    """What the judge has said of all attempts so far, the newest last."""
    said = [analysis.feedback, f"Attempt {analysis.variation + 1}: {feedback}" if feedback else ""]
    return "\n\n".join(part for part in said if part)


def _end(analysis: StockAnalysis, status: StockAnalysisStatus) -> None:
    StockAnalysis.objects.filter(pk=analysis.pk).update(status=status, finished_at=Now())


def _count_rejection(stock: Stock) -> None:
    stock.rejections += 1
    Stock.objects.filter(pk=stock.pk).update(rejections=stock.rejections)


def _known_result(analysis: StockAnalysis) -> dict[str, Any]:
    """Of an analysis that was judged before: the verdict stands, and nothing follows once more."""
    review = JudgeReview.objects.get(analysis=analysis)
    following = StockAnalysis.objects.filter(stock=analysis.stock, variation=analysis.variation + 1).first()
    next_job = analysis.format_job_id if review.approved else following.job_id if following else ""
    return _result(analysis, review.approved, review.score, review.feedback, next_job or None)


def _result(
    analysis: StockAnalysis, approved: bool, score: Any, feedback: str, next_job_id: str | None
) -> dict[str, Any]:
    return {
        "stockAnalysisId": analysis.public_id,
        "approved": approved,
        "score": float(score),
        "feedback": feedback,
        "rejections": analysis.stock.rejections,
        "nextJobId": next_job_id,
    }
