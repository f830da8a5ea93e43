"""The job type `buying-signals`, and the one that tells a member of the team."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from django.utils import timezone
from pydantic import BeforeValidator, Field

from jobs import actions
from jobs.actions import Submission
from jobs.payloads import EntityId, Payload
from jobs.policy import exponential
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.submission import Options
from jobs.timestamps import iso

from ..companies import ensure_company
from ..models import BuyingSignal, Company
from . import mails
from .buying import SOURCES, once_each, store_found
from .evidence import Found
from .kinds import BUYING_KINDS, SignalKind, kind_of

#: Signals that a result names; `signalsDetected` counts all of them.
MOST_SHOWN = 100
MAIL_TYPE = "buying-signals-mail"


def _kind(value: Any) -> Any:
    if isinstance(value, SignalKind) or not isinstance(value, str):
        return value
    kind = kind_of(value)
    if kind not in BUYING_KINDS:
        raise ValueError(f"must be one of {', '.join(BUYING_KINDS)}")
    return kind


class BuyingSignals(Payload):
    """signal_types: kinds to look for; none or empty are all."""

    company_id: EntityId
    company_name: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")] | None = None
    signal_types: list[Annotated[SignalKind, BeforeValidator(_kind)]] | None = None
    lookback_days: int = Field(default=30, ge=1, le=365)
    notify_team: bool = True


class BuyingSignalsMail(Payload):
    """signal_ids: rows of BuyingSignal, newest first."""

    company_id: EntityId
    user: str
    signal_ids: list[int] = Field(min_length=1)


@job_type("buying-signals", payload=BuyingSignals, related="company_id")
def find_buying_signals(payload: BuyingSignals, job: RunningJob) -> dict[str, Any]:
    """Each piece of evidence is stored once, and told once to each member of the organisation who wants mails.

    The members' mails are jobs that come to exist in the transaction that stores the signals: a run that dies
    before it has sent nothing, one that dies after it is not repeated.
    """
    job.progress(0, "looking for the company")
    company = ensure_company(tenant_id=job.tenant_id or "", key=payload.company_id, name=payload.company_name or "")
    found = _look(company, payload, job)
    with job.completes() as completion:
        new = store_found(company=company, found=found)
        told = _tell_team(company, new) if payload.notify_team and new else 0
        completion.result = {
            "companyId": payload.company_id,
            "signalsDetected": len(found),
            "signals": _shown(found, new),
            "notified": told,
        }
    return dict(completion.result)


def _look(company: Company, payload: BuyingSignals, job: RunningJob) -> list[Found]:
    since = timezone.now() - timedelta(days=payload.lookback_days)
    found: list[Found] = []
    for number, (words, source) in enumerate(SOURCES):
        job.progress(10 + 80 * number / len(SOURCES), f"looking through {words}")
        found += source(company, since)
    job.progress(90, f"storing what was found of {company}")
    return once_each(found, payload.signal_types or BUYING_KINDS)


def _tell_team(company: Company, new: Sequence[BuyingSignal]) -> int:
    ids = [row.pk for row in new]
    members = mails.team_of(company.tenant_id)
    data = [
        {"companyId": company.key, "user": user.public_id, "signalIds": ids, "tenantId": company.tenant_id}
        for user in members
    ]
    submissions = [Submission(type=MAIL_TYPE, data=one, options=Options(priority=100)) for one in data]
    return len(actions.enqueue_many(submissions, within_limits=False))


def _shown(found: Sequence[Found], new: Sequence[BuyingSignal]) -> list[dict[str, Any]]:
    fresh = {(row.kind, row.evidence_key) for row in new}
    return [
        {
            "kind": str(one.kind),
            "title": one.title,
            "confidence": float(one.confidence),
            "occurredAt": iso(one.occurred_at),
            "new": (one.kind, one.evidence_key) in fresh,
            "evidence": dict(one.evidence),
        }
        for one in found[:MOST_SHOWN]
    ]


@job_type(
    MAIL_TYPE,
    queue="default",
    payload=BuyingSignalsMail,
    attempts=10,
    backoff=exponential(seconds=90),
    related="company_id",
    internal=True,
)
def tell_member(payload: BuyingSignalsMail, job: RunningJob) -> dict[str, Any]:
    """Ten attempts, the last about a day after the first: a mail server may be down for a night."""
    tenant_id = job.tenant_id or ""
    company = Company.objects.filter(tenant_id=tenant_id, key=payload.company_id).first()
    user = mails.team_of(tenant_id).filter(public_id=payload.user).first()
    signals = list(BuyingSignal.objects.filter(pk__in=payload.signal_ids, company=company)) if company else []
    if company is None or user is None or not signals:
        return {"sent": False}
    job.progress(50, "sending")
    return {"sent": mails.tell(user=user, company=company, signals=signals)}
