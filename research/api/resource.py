"""A research as the API shows it."""

from typing import Any

from jobs.timestamps import iso, iso_or_none

from ..models import Research, Section, SourceNote


def research_resource(research: Research) -> dict[str, Any]:
    return {
        "researchId": research.public_id,
        "companyId": research.company.key,
        "companyName": research.company.name,
        "jobId": research.job_id,
        "status": research.status,
        "writtenBy": "rules" if research.is_rule_based else research.model,
        "confidenceScore": float(research.confidence or 0),
        "sentiment": research.sentiment or None,
        "sections": [_section(one) for one in research.sections.all()],
        "sources": [_source(one) for one in research.sources.all()],
        "createdAt": iso(research.created_at),
        "completedAt": iso_or_none(research.completed_at),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "position": section.position,
        "key": section.key,
        "title": section.title,
        "summary": section.summary,
        "statements": section.statements,
    }


def _source(note: SourceNote) -> dict[str, Any]:
    return {
        "number": note.number,
        "label": note.label,
        "provider": note.provider,
        "source": note.source,
        "reference": note.reference,
        "fetchedAt": iso(note.fetched_at),
    }
