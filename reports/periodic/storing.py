"""A periodic report as its row."""

from prospects.models import Company

from ..models import Report
from .content import Content
from .periods import Period
from .writing import title_of


def new_report(*, company: Company, period: Period, content: Content, job_id: str, user_id: str) -> Report:
    """Not stored yet; its public id is known."""
    return Report(
        tenant_id=company.tenant_id,
        kind=period.kind,
        format=Report.Format.HTML,
        title=title_of(period.kind, str(company), period),
        user_id=user_id,
        job_id=job_id,
        company=company,
        subject_id=company.key,
        period_start=period.start,
        period_end=period.end,
        content=content.as_json(),
    )
