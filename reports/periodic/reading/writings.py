"""Research about the company, to link to."""

from prospects.models import Company
from research.models import Research

from ..content import ResearchLink
from ..periods import Period

MOST = 5


def research_of(company: Company, period: Period) -> list[ResearchLink]:
    """The newest first, later ones too: the latest says most; the report says which fell into the period."""
    done = Research.objects.filter(company=company, status=Research.Status.COMPLETE)
    return [
        ResearchLink(
            id=row.public_id,
            completed_at=row.completed_at,
            confidence=row.confidence,
            written_by="rules" if row.is_rule_based else row.model,
            in_period=period.starts_at <= row.completed_at < period.ends_at,
        )
        for row in done.order_by("-completed_at", "-pk")[:MOST]
        if row.completed_at
    ]
