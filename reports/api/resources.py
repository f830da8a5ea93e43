"""A report as JSON."""

from typing import Any

from jobs.timestamps import iso

from ..files import download_url, extension_of
from ..models import Report


def report_resource(one: Report, *, whole: bool = False) -> dict[str, Any]:
    """downloadUrl: None where it has no file. whole: with the content of a report that is a page."""
    of_batch = one.kind == Report.Kind.PRICE_MATH
    shown = {
        "id": one.public_id,
        "kind": one.kind,
        "format": one.format,
        "title": one.title,
        "companyId": None if of_batch else one.subject_id,
        "batchId": one.subject_id if of_batch else None,
        "periodStart": one.period_start.isoformat() if one.period_start else None,
        "periodEnd": one.period_end.isoformat() if one.period_end else None,
        "jobId": one.job_id,
        "userId": one.user_id,
        "tenantId": one.tenant_id,
        "emailedTo": one.emailed_to or None,
        "file": _file(one),
        "downloadUrl": download_url(one) if one.file else None,
        "createdAt": iso(one.created_at),
    }
    return shown | {"content": one.content} if whole else shown


def _file(one: Report) -> dict[str, Any] | None:
    if not one.file:
        return None
    return {"type": extension_of(one), "sizeBytes": one.size_bytes, "sha256": one.sha256}
