"""Keeping a report: each section as it is finished, the whole with the job's completion."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from prospects.models import Company
from providers.llm.protocol import Backend

from ..models import Research, Section
from .evidence import Dossier
from .footnotes import Footnotes
from .judging import confidence, tone_word
from .sections import SECTIONS, SectionPlan
from .writing import Written


def newest_complete(company: Company) -> Research | None:
    done = Research.objects.filter(company=company, status=Research.Status.COMPLETE)
    return done.order_by("-completed_at", "-id").first()


def reusable(company: Company, *, hours: float) -> Research | None:
    """A complete research that is young enough to answer another request."""
    newest = newest_complete(company)
    limit = timezone.now() - timedelta(hours=hours)
    return newest if newest and newest.completed_at and newest.completed_at > limit else None


def research_of_job(*, job_id: str, company: Company, user_id: str, backend: Backend) -> Research:
    """The report that a job writes: the one its earlier run began, else a new one."""
    research, _ = Research.objects.get_or_create(
        job_id=job_id,
        defaults={
            "company": company,
            "tenant_id": company.tenant_id,
            "user_id": user_id,
            "backend": backend.name,
        },
    )
    return research


def missing_sections(research: Research) -> list[SectionPlan]:
    written = set(research.sections.values_list("key", flat=True))
    return [plan for plan in SECTIONS if plan.key not in written]


@transaction.atomic
def store_section(*, research: Research, written: Written, dossier: Dossier, footnotes: Footnotes) -> None:
    evidence = dossier.of_section(written.plan.key)
    statements = [
        {
            "text": one.text,
            "kind": one.kind,
            "sources": footnotes.of(evidence[fact] for fact in one.facts),
            "facts": [evidence[fact].text for fact in one.facts],
            "support": str(one.support),
            "problem": one.problem,
        }
        for one in written.statements
    ]
    Section.objects.create(
        research=research,
        position=SECTIONS.index(written.plan) + 1,
        key=written.plan.key,
        title=written.plan.title,
        summary=written.summary,
        statements=statements,
        exchanges=written.exchanges,
    )
    if written.model:
        Research.objects.filter(pk=research.pk).update(model=written.model)


def finish(research: Research, dossier: Dossier) -> Research:
    """Mark the report complete. Call it in the transaction that completes the job."""
    supports = [[one["support"] for one in section.statements] for section in research.sections.all()]
    Research.objects.filter(pk=research.pk).update(
        status=Research.Status.COMPLETE,
        confidence=confidence(supports, planned=len(SECTIONS)),
        sentiment=tone_word(dossier.tone),
        sentiment_score=None if dossier.tone is None else round(dossier.tone, 4),
        completed_at=Now(),
    )
    research.refresh_from_db()
    return research
