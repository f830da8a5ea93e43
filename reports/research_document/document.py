"""A research on paper: its statements with the numbers of their sources, and the sources at the end."""

from typing import Any

from django.template.loader import render_to_string

from research.models import Research

from ..rendering import render_pdf


def pdf_of(research: Research, *, title: str) -> bytes:
    """Raises PdfUnavailable where this machine cannot make PDF files."""
    html = render_to_string("reports/document/research.html", _context(research, title))
    return render_pdf(html, title=title, subject="Company research", created_at=research.completed_at)


def _context(research: Research, title: str) -> dict[str, Any]:
    sections = list(research.sections.all())
    statements = [one for section in sections for one in section.statements]
    sources = list(research.sources.all())
    return {
        "title": title,
        "research": research,
        "company": research.company,
        "sections": sections,
        "sources": sources,
        "statement_count": len(statements),
        "unsupported": sum(one["support"] == "unsupported" for one in statements),
        "has_sample": any(one.source == "sample" for one in sources),
    }
