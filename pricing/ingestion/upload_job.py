"""The job type `index-import`: an uploaded file of values into series."""

from typing import Any

from django.utils import timezone

from jobs.errors import InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob

from ..models import UploadPiece, UploadStatus, ValueImport, ValueUpload
from .importing import REPORT_EVERY, import_values
from .uploading import content_of

#: Bytes of a usual line; how far the reading is can only be estimated.
USUAL_LINE = 50


class IndexImport(Payload):
    upload_id: EntityId


@job_type(
    "index-import", queue="ingestion", payload=IndexImport, related="upload_id", internal=True, estimate_seconds=10
)
def import_upload(payload: IndexImport, job: RunningJob) -> dict[str, Any]:
    """All usable rows together with the job's completion; rows that cannot be used are reported with their line.

    Returns {rows, inserted, updated, unchanged, rejected, repeated}. Raises InvalidInput where the upload is
    gone, WrongFile where it is none of the layout.
    """
    upload = ValueUpload.objects.filter(public_id=payload.upload_id, tenant_id=job.tenant_id or "").first()
    if upload is None:
        raise InvalidInput(f"there is no upload {payload.upload_id}")
    if upload.status == UploadStatus.DONE and upload.value_import:
        return _counts(upload.value_import, repeated=upload.repeated)
    expected = max(upload.size_bytes // USUAL_LINE, REPORT_EVERY)
    job.progress(1, "reading the file")
    with content_of(upload) as file, job.completes() as completion:
        done = import_values(
            file=file,
            file_name=upload.file_name,
            tenant_id=upload.tenant_id,
            on_rows=lambda rows: job.progress(2 + 75 * min(rows / expected, 1), f"{rows:,} rows read"),
            on_read=lambda rows: job.progress(80, f"{rows:,} rows read, storing what is new"),
        )
        UploadPiece.objects.filter(upload=upload).delete()
        ValueUpload.objects.filter(pk=upload.pk).update(
            status=UploadStatus.DONE, value_import=done.record, repeated=done.repeated, finished_at=timezone.now()
        )
        completion.result = _counts(done.record, repeated=done.repeated)
    return dict(completion.result)


def _counts(record: ValueImport, *, repeated: bool) -> dict[str, Any]:
    return {
        "rows": record.rows,
        "inserted": record.inserted,
        "updated": record.updated,
        "unchanged": record.unchanged,
        "rejected": record.rejected,
        "repeated": repeated,
    }
