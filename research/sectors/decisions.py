"""What people decide: begin a sector, approve or reject a sub-sector, try a stock again, cancel the whole.

Each verb checks, changes and audits in one transaction, or raises and has changed nothing.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller
from accounts.roles import OVER_OTHERS, Role
from jobs import actions
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.states import TERMINAL
from jobs.submission import Options

from ..models import JudgeReview, SectorAnalysis, Stock, StockAnalysis, SubSector
from . import naming, steps
from .analysis_job import OPEN
from .conclusion import UNDER_WAY, conclude_sector, lock_sector, take_up, take_up_stock
from .judge_job import feedback_after
from .steps import MOST_REJECTIONS, Owner

TYPES = ("sector-research", "stock-ranking", "stock-analysis", "judge-review", "format-insights")
_Sector, _Sub, _Stock, _Analysis = SectorAnalysis.Status, SubSector.Status, Stock.Status, StockAnalysis.Status


class NotAllowed(Exception):
    """The caller may see it and may not decide about it. Its owner or an admin of the organisation may."""

    code = "forbidden"


class NotPossible(Exception):
    """Its state forbids it. The message says what would help."""

    code = "conflict"

    def __init__(self, message: str, *, code: str = "conflict") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Begun:
    sector: SectorAnalysis
    job: JobHandle


@dataclass(frozen=True, kw_only=True)
class Approved:
    """repeated: it had been approved before. job: None where that job was removed since."""

    sub_sector: SubSector
    job: Job | None
    repeated: bool


@dataclass(frozen=True, kw_only=True)
class Retried:
    analysis: StockAnalysis
    job: JobHandle


def may_decide(sector: SectorAnalysis, by: Caller) -> bool:
    """Whoever began it, and admins of its organisation. A viewer decides nothing, whatever is theirs."""
    if by.role < Role.MEMBER or (sector.tenant_id and not by.may_use_tenant(sector.tenant_id)):
        return False
    return by.role >= OVER_OTHERS or by.user_id == sector.user_id


def start(*, name: str, by: Caller, request_id: str | None = None) -> Begun:
    """A new sector and its research. name: 1 to 100 characters. Raises what jobs.actions.enqueue raises."""
    with transaction.atomic():
        sector = SectorAnalysis(name=" ".join(name.split()), tenant_id=by.tenant_id or "", user_id=by.user_id)
        sector.job_id = naming.research_job_id(sector.public_id)
        sector.save()
        handle = actions.enqueue(
            type="sector-research",
            data={"sectorAnalysisId": sector.public_id, "sectorName": sector.name, "userId": by.user_id},
            options=Options(job_id=sector.job_id),
            by=by,
            correlation_id=request_id,
        )
        _record("sector.start", sector, sector.public_id, by, request_id, name=sector.name)
    return Begun(sector=sector, job=handle)


def approve(*, sub_sector: SubSector, by: Caller, force: bool = False, request_id: str | None = None) -> Approved:
    """Have its shares ranked. Repeated, it answers with the job there is. force: although it was rejected.

    Raises NotAllowed, and NotPossible for what was rejected or cancelled.
    """
    with transaction.atomic():
        sector, sub_sector = _entered(sub_sector, by)
        if sector.status == _Sector.CANCELLED:
            raise NotPossible("Its sector was cancelled; start the sector anew.", code="sector_cancelled")
        if sub_sector.status == _Sub.REJECTED and not force:
            raise NotPossible("It was rejected. Approve it with force=true if that is meant.", code="rejected")
        if sub_sector.status not in (_Sub.PENDING_APPROVAL, _Sub.REJECTED):
            job = Job.objects.filter(public_id=sub_sector.ranking_job_id).first()
            return Approved(sub_sector=sub_sector, job=job, repeated=True)
        take_up(sub_sector, _Sub.APPROVED)
        handle = steps.enqueue_ranking(sub_sector, Owner.of(sector))
        sub_sector.status, sub_sector.ranking_job_id = _Sub.APPROVED, handle.id
        _decided(sub_sector, by)
        _record("sub-sector.approve", sector, sub_sector.public_id, by, request_id, force=force)
        return Approved(sub_sector=sub_sector, job=handle.job(), repeated=False)


def reject(*, sub_sector: SubSector, by: Caller, request_id: str | None = None) -> SubSector:
    """Leave it out. Repeated, it changes nothing. Raises NotAllowed, and NotPossible once it was approved."""
    with transaction.atomic():
        sector, sub_sector = _entered(sub_sector, by)
        if sub_sector.status == _Sub.REJECTED:
            return sub_sector
        if sub_sector.status != _Sub.PENDING_APPROVAL:
            label = _Sub(sub_sector.status).label.lower()
            raise NotPossible(f"It was decided already ({label}); only what awaits approval can be rejected.")
        sub_sector.status = _Sub.REJECTED
        _decided(sub_sector, by)
        conclude_sector(sector.pk)
        _record("sub-sector.reject", sector, sub_sector.public_id, by, request_id)
        return sub_sector


def retry_analysis(*, analysis: StockAnalysis, by: Caller, request_id: str | None = None) -> Retried:
    """Begin the stock's next variation by hand, whichever of its analyses is named.

    After three rejections that is for admins. Raises NotAllowed, and NotPossible while the stock is under way.
    """
    with transaction.atomic():
        sector = lock_sector(analysis.stock.sub_sector.sector_id)
        stock = Stock.objects.select_related("sub_sector").get(pk=analysis.stock_id)
        _refuse_unless_allowed(sector, by)
        _refuse_retry(sector, stock, by)
        newest = StockAnalysis.objects.filter(stock=stock).latest("variation")
        variation = newest.variation + 1
        following, handle = steps.begin_attempt(
            stock, variation=variation, feedback=_feedback_of(newest), owner=Owner.of(sector)
        )
        take_up_stock(stock, _Stock.ANALYSING)
        _record("stock-analysis.retry", sector, following.public_id, by, request_id, variation=variation)
    return Retried(analysis=following, job=handle)


def cancel(*, sector: SectorAnalysis, by: Caller, request_id: str | None = None) -> SectorAnalysis:
    """End the sector and all of its jobs. Repeated, it cancels what is left of them.

    Once this has committed nothing new begins: every step looks at the sector before it commits. What runs is
    stopped by its worker. Raises NotAllowed, and NotPossible for a sector that has ended otherwise.
    """
    with transaction.atomic():
        sector = lock_sector(sector.pk)
        _refuse_unless_allowed(sector, by)
        if sector.status in (_Sector.COMPLETED, _Sector.FAILED):
            raise NotPossible(f"It has ended already ({_Sector(sector.status).label.lower()}).")
        if sector.status != _Sector.CANCELLED:
            _cancel_rows(sector)
            _record("sector.cancel", sector, sector.public_id, by, request_id)
    actions.cancel(jobs=_unfinished_jobs(sector), by=by, request_id=request_id, audited=False)
    sector.refresh_from_db()
    return sector


# --- Below ----------------------------------------------------------------------------------------
def _entered(sub_sector: SubSector, by: Caller) -> tuple[SectorAnalysis, SubSector]:
    """Both as they are once nobody else changes them."""
    sector = lock_sector(sub_sector.sector_id)
    _refuse_unless_allowed(sector, by)
    return sector, SubSector.objects.select_related("sector").get(pk=sub_sector.pk)


def _refuse_unless_allowed(sector: SectorAnalysis, by: Caller) -> None:
    if not may_decide(sector, by):
        raise NotAllowed("Only whoever began the sector, or an admin of the organisation, decides about it.")


def _decided(sub_sector: SubSector, by: Caller) -> None:
    SubSector.objects.filter(pk=sub_sector.pk).update(
        status=sub_sector.status, ranking_job_id=sub_sector.ranking_job_id, decided_by=by.user_id, decided_at=Now()
    )
    sub_sector.refresh_from_db(fields=["decided_by", "decided_at"])


def _refuse_retry(sector: SectorAnalysis, stock: Stock, by: Caller) -> None:
    if sector.status == _Sector.CANCELLED:
        raise NotPossible("Its sector was cancelled; start the sector anew.", code="sector_cancelled")
    if stock.status in UNDER_WAY:
        raise NotPossible(f"{stock.symbol} is under way ({_Stock(stock.status).label.lower()}); wait for its end.")
    if stock.rejections >= MOST_REJECTIONS and by.role < Role.TENANT_ADMIN:
        raise NotAllowed(f"The judge rejected {stock.symbol} {stock.rejections} times; only an admin may try again.")


def _feedback_of(analysis: StockAnalysis) -> str:
    review = JudgeReview.objects.filter(analysis=analysis, approved=False).first()
    return feedback_after(analysis, review.feedback) if review else analysis.feedback


def _cancel_rows(sector: SectorAnalysis) -> None:
    subs = SubSector.objects.filter(sector=sector)
    StockAnalysis.objects.filter(stock__sub_sector__sector=sector, status__in=OPEN).update(
        status=_Analysis.CANCELLED, finished_at=Now()
    )
    Stock.objects.filter(sub_sector__sector=sector, status__in=UNDER_WAY).update(
        status=_Stock.CANCELLED, updated_at=Now()
    )
    subs.filter(status__in=(_Sub.PENDING_APPROVAL, _Sub.APPROVED, _Sub.ANALYSING)).update(
        status=_Sub.CANCELLED, finished_at=Now()
    )
    SectorAnalysis.objects.filter(pk=sector.pk).update(status=_Sector.CANCELLED, finished_at=Now())


def _unfinished_jobs(sector: SectorAnalysis) -> list[Job]:
    """Of all five types about anything of this sector, whoever began them."""
    analyses = StockAnalysis.objects.filter(stock__sub_sector__sector=sector)
    stocks = Stock.objects.filter(sub_sector__sector=sector)
    about = [
        sector.public_id,
        *sector.sub_sectors.values_list("public_id", flat=True),
        *stocks.values_list("public_id", flat=True),
        *analyses.values_list("public_id", flat=True),
    ]
    jobs = Job.objects.filter(related_id__in=about, type__in=TYPES, tenant_id=sector.tenant_id or None)
    return list(jobs.exclude(status__in=[str(status) for status in TERMINAL]))


def _record(
    action: str, sector: SectorAnalysis, target_id: str, by: Caller, request_id: str | None, **details: Any
) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type=action.partition(".")[0],
        target_id=target_id,
        tenant_id=sector.tenant_id or None,
        details={"sectorId": sector.public_id, **details},
        request_id=request_id,
    )
