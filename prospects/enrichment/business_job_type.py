"""The job type `business-enrichment`: what registers and directories know of one company."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils import timezone
from pydantic import AfterValidator, Field

from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob

from ..companies import ensure_company
from ..models import Company, Outcome
from .answers import Answer
from .asking import ask
from .enricher import enrichers_for
from .errors import EverySourceFailed
from .profile import fill_blanks
from .storing import store_answers
from .subjects import Kind, of_company

DEFAULT_SOURCES = ("companies-house", "google-places")
_STATUSES = {Outcome.FOUND: "ok", Outcome.EMPTY: "ok", Outcome.FAILED: "failed", Outcome.SKIPPED: "skipped"}


def _known(names: list[str]) -> list[str]:
    known = {*DEFAULT_SOURCES, *(one.name for one in enrichers_for(Kind.COMPANY))}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"has no source {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return list(dict.fromkeys(names))


class BusinessEnrichment(Payload):
    """sources: the names to ask; Companies House and Google Places where none are given."""

    business_id: EntityId
    business_name: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
    sources: Annotated[list[str], Field(min_length=1), AfterValidator(_known)] = Field(
        default_factory=lambda: list(DEFAULT_SOURCES)
    )


@job_type("business-enrichment", payload=BusinessEnrichment, related="business_id")
def enrich_business(payload: BusinessEnrichment, job: RunningJob) -> dict[str, Any]:
    """What the sources say is stored together; one that fails is reported and takes nothing from the others.

    A company that is not known yet is made. Fails where sources were asked and every one of them failed.
    """
    job.progress(0, "looking for the company")
    company = ensure_company(tenant_id=job.tenant_id or "", key=payload.business_id, name=payload.business_name)
    job.progress(20, f"asking {', '.join(payload.sources)}")
    [(_, answers)] = ask(enrichers_for(Kind.COMPANY, payload.sources), [of_company(company)], check=job.check)
    _raise_if_all_failed(answers)
    job.progress(80, "storing what was told")
    result = {"businessId": payload.business_id, "sources": {one.provider: _shown(one) for one in answers}}
    with job.completes(result):
        _store(company, answers, job)
    return result


def _raise_if_all_failed(answers: Sequence[Answer]) -> None:
    asked = [answer for answer in answers if answer.outcome != Outcome.SKIPPED]
    failures = [answer for answer in asked if answer.outcome == Outcome.FAILED]
    if asked and len(failures) == len(asked):
        raise EverySourceFailed(failures)


def _shown(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"status": _STATUSES[answer.outcome], "fields": answer.names}
    return told | ({"message": answer.message} if answer.message else {})


def _store(company: Company, answers: Sequence[Answer], job: RunningJob) -> None:
    if not Company.objects.select_for_update(no_key=True).filter(pk=company.pk).exists():
        return
    company.refresh_from_db()
    store_answers(kind=Kind.COMPANY, pk=company.pk, tenant_id=company.tenant_id, answers=answers, job_id=job.id)
    fill_blanks(company=company, answers=answers)
    if any(answer.outcome in (Outcome.FOUND, Outcome.EMPTY) for answer in answers):
        Company.objects.filter(pk=company.pk).update(enriched_at=timezone.now(), updated_at=timezone.now())
