"""From what is known to a report's content. Pure."""

from datetime import datetime

from .charting import charts_of
from .content import Content, RowRef
from .insights import insights_of
from .known import Known
from .measuring import courses_of, metrics_of
from .periods import Period
from .recommending import recommendations_of


def content_of(known: Known, period: Period, *, at: datetime) -> Content:
    metrics, insights = metrics_of(known, period), insights_of(known, period)
    named = [row for one in metrics for row in one.rows] + [row for one in insights for row in one.rows]
    return Content(
        company_id=known.company_id,
        company_name=known.company_name,
        report_type=period.kind,
        period_start=period.start,
        period_end=period.end,
        before_start=period.before.start,
        before_end=period.before.end,
        time_zone=period.zone.key,
        generated_at=at,
        metrics=metrics,
        scores=courses_of(known, period),
        charts=charts_of(known, period),
        insights=insights,
        recommendations=recommendations_of(known, period),
        research=known.research,
        sources=_sources(named),
        is_cut=known.is_cut,
    )


def title_of(kind: str, company: str, period: Period) -> str:
    """Such as `Weekly report: Acme Foods, 2026-01-26 to 2026-02-01`."""
    return f"{kind.capitalize()} report: {company}, {period.start} to {period.end}"[:300]


def _sources(rows: list[RowRef]) -> list[str]:
    return sorted({row.source for row in rows})
