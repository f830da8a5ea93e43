"""The job type `index-ingestion`."""

from collections.abc import Iterator
from typing import Any

from jobs.registry import job_type
from jobs.running import RunningJob
from prospects.models.base import Origin

from ..calculation.numbers import text
from .payload import IndexIngestion
from .rows import ValueRow, canonical_tag
from .storing import stage, store_staged

#: Rows between two looks whether to stop.
CHECK_EVERY = 5000


@job_type("index-ingestion", payload=IndexIngestion, requires_tenant=True, related="series_code")
def ingest_index_values(payload: IndexIngestion, job: RunningJob) -> dict[str, Any]:
    """All rows or none, together with the job's completion; identical rows change nothing."""
    job.progress(0, f"{len(payload.data)} rows of {payload.series_code}")
    with job.completes() as completion:
        staged = stage(_rows(payload, job))
        job.progress(50, f"{staged} rows checked")
        stored = store_staged(staged=staged, tenant_id=job.tenant_id or "", origin=Origin.GIVEN)
        job.progress(95, f"{stored.inserted} new, {stored.updated} updated")
        completion.result = {
            "seriesCode": payload.series_code,
            "asOfDate": payload.as_of_date.isoformat(),
            "versionTag": payload.version_tag,
            "inserted": stored.inserted,
            "updated": stored.updated,
            "unchanged": stored.unchanged,
        }
    return dict(completion.result)


def _rows(payload: IndexIngestion, job: RunningJob) -> Iterator[ValueRow]:
    tag = canonical_tag(payload.version_tag)
    for number, row in enumerate(payload.data, 1):
        if number % CHECK_EVERY == 0:
            job.check()
        yield ValueRow(
            line=number,
            series=payload.series_code,
            day=(row.date or payload.as_of_date).isoformat(),
            version=tag,
            value=text(row.value),
            published_at="",
            source=payload.source,
        )
