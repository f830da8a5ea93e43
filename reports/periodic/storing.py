"""Keeping a report: its row with the job's completion, its file just before."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile

from prospects.models import Company

from ..models import Report
from ..models.reports import report_storage
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


@contextmanager
def kept_file(report: Report, pdf: bytes | None) -> Iterator[None]:
    """The PDF lies in the storage during the block, and stays unless the block fails.

    A process that dies in between leaves a file that no row names; it is the lesser evil beside a row without file.
    """
    if pdf is None:
        yield
        return
    storage = report_storage()
    name = storage.save(f"{report.kind}/{report.public_id}.pdf", ContentFile(pdf))
    report.file.name, report.size_bytes, report.sha256 = name, len(pdf), hashlib.sha256(pdf).hexdigest()
    try:
        yield
    except BaseException:
        storage.delete(name)
        raise
