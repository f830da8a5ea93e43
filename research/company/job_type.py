"""The job type `research`: a report about a company."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Annotated, Any

from django.conf import settings
from pydantic import Field

from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from prospects.companies import ensure_company
from prospects.models import Company
from providers.llm.choosing import backend_for
from providers.llm.protocol import Backend

from ..models import Research
from . import rules, storing
from .evidence import Dossier
from .footnotes import Footnotes
from .gathering import gather
from .sections import SECTIONS, SectionPlan
from .writing import Written, write_section

#: Imported for what it registers.
RULES = rules.write
#: Questions to a model under way at once for one report.
AT_ONCE = 4


class CompanyResearch(Payload):
    company_id: EntityId
    company_name: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]
    domain: Annotated[str, Field(max_length=253, pattern=r"^[A-Za-z0-9.-]+\.[A-Za-z]{2,}$")] | None = None
    force_refresh: bool = False


@job_type("research", payload=CompanyResearch, related="company_id")
def research_company(payload: CompanyResearch, job: RunningJob) -> dict[str, Any]:
    """Each finished section is kept: a run that dies, or a model that fails, loses at most what was under way.

    Raises errors of providers where the model cannot be reached or used.
    """
    job.progress(0, "looking for the company")
    company = ensure_company(tenant_id=job.tenant_id or "", key=payload.company_id, name=payload.company_name)
    _keep_domain(company, payload.domain)
    if not payload.force_refresh:
        known = storing.reusable(company, hours=settings.RESEARCH_REUSE_HOURS)
        if known is not None and known.job_id != job.id:
            return _result(known, cached=True)
    backend = backend_for(tenant_id=company.tenant_id, job_id=job.id)
    research = storing.research_of_job(job_id=job.id, company=company, user_id=job.user_id or "", backend=backend)
    dossier = _write(research, company, backend, job)
    with job.completes() as completion:
        completion.result = _result(storing.finish(research, dossier), cached=False)
    return dict(completion.result)


def _keep_domain(company: Company, domain: str | None) -> None:
    """What the caller says of a company that has no domain yet."""
    if domain and not company.domain:
        Company.objects.filter(pk=company.pk, domain="").update(domain=domain.lower().removeprefix("www."))
        company.refresh_from_db()


def _write(research: Research, company: Company, backend: Backend, job: RunningJob) -> Dossier:
    job.progress(4, "gathering what is known")
    dossier = gather(company)
    footnotes = Footnotes(research)
    missing = storing.missing_sections(research)
    finished = len(SECTIONS) - len(missing)
    job.log(f"{len(dossier.evidence)} facts from {len(dossier.origins())} sources; written by {backend.name}")
    for written in _sections(missing, dossier, backend, job):
        storing.store_section(research=research, written=written, dossier=dossier, footnotes=footnotes)
        finished += 1
        job.progress(8 + 90 * finished / len(SECTIONS), f"{finished} of {len(SECTIONS)}: {written.plan.title}")
    return dossier


def _sections(plans: Sequence[SectionPlan], dossier: Dossier, backend: Backend, job: RunningJob) -> Iterator[Written]:
    """As they are finished. Rules take no time, so they take no threads."""
    if backend.is_rule_based:
        for plan in plans:
            job.check()
            yield write_section(plan, dossier, backend=backend)
        return
    pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="research")
    try:
        futures = [
            pool.submit(write_section, plan, dossier, backend=backend, on_text=lambda _: job.check()) for plan in plans
        ]
        for future in as_completed(futures):
            yield future.result()
    finally:
        # A question under way ends with its next piece of text, or at its own time limit.
        pool.shutdown(wait=False, cancel_futures=True)


def _result(research: Research, *, cached: bool) -> dict[str, Any]:
    result: dict[str, Any] = {
        "researchId": research.public_id,
        "status": "complete",
        "sectionsComplete": research.sections.count(),
        "totalSources": research.sources.count(),
        "confidenceScore": float(research.confidence or 0),
        "sentiment": research.sentiment,
        "writtenBy": "rules" if research.is_rule_based else research.model,
    }
    return result | ({"cached": True} if cached else {})
