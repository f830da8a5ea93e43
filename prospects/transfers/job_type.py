"""The job type `import-rows`: a confirmed file into the database, chunk by chunk."""

from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jobs.errors import ClaimLost, InvalidInput
from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob

from ..follow_up import follow_import
from ..models.imports import Import, ImportContent, ImportKind, ImportStatus, RejectedRow
from .errors import BadFile
from .fields import Problem, values_of
from .reading import Row, read
from .storing import CREATED, UNCHANGED, UPDATED, Given, store

#: Rows of one transaction: what a killed worker does again.
CHUNK = 500


class ImportRows(Payload):
    import_id: EntityId


@job_type("import-rows", queue="ingestion", payload=ImportRows, related="import_id", internal=True, estimate_seconds=20)
def import_rows(payload: ImportRows, job: RunningJob) -> dict[str, Any]:
    """Stopped anywhere and run again, it goes on below the last chunk that committed.

    A chunk's rows, its rejects and the new position commit together. Returns {rows, created, updated,
    unchanged, rejected}. Raises InvalidInput where the import is gone, or its file cannot be read.
    """
    upload = _take_over(payload.import_id, job)
    if upload.status == ImportStatus.DONE:
        return _counts(upload)
    content = bytes(ImportContent.objects.get(upload=upload).body)
    try:
        rows = islice(read(content, upload.file_name), upload.position + 1, None)
        while chunk := list(islice(rows, CHUNK)):
            job.check()
            _store(upload, chunk)
            job.progress(upload.position * 100 / max(upload.row_count, 1), f"{upload.position:,} rows done")
    except BadFile as error:
        raise InvalidInput(str(error)) from error
    with job.completes(_counts(upload)):
        ImportContent.objects.filter(upload=upload).delete()
        Import.objects.filter(pk=upload.pk).update(status=ImportStatus.DONE, finished_at=timezone.now())
        _follow(upload)
    return _counts(upload)


def _take_over(import_id: str, job: RunningJob) -> Import:
    """Shut earlier runs of the job out. Raises ClaimLost where a later one has done so to this."""
    mine = Import.objects.filter(public_id=import_id, tenant_id=job.tenant_id or "")
    if not mine.filter(run__lte=job.run).update(run=job.run):
        if mine.exists():
            raise ClaimLost("a later run goes on with this import")
        raise InvalidInput(f"there is no import {import_id}")
    return mine.get()


def _store(upload: Import, chunk: list[Row]) -> None:
    mapping = {name: int(column) for name, column in upload.mapping.items()}
    given: list[tuple[Row, Given]] = []
    rejected: list[tuple[Row, list[Problem]]] = []
    for row in chunk:
        values, problems = values_of(upload.kind, mapping, row.cells)
        if problems:
            rejected.append((row, problems))
        else:
            given.append((row, Given(key=f"imp_{upload.digest[:16]}_{row.number}", values=values)))
    with transaction.atomic():
        outcomes = store(upload.kind, [one for _, one in given], tenant_id=upload.tenant_id)
        rejected += [
            (row, [outcome]) for (row, _), outcome in zip(given, outcomes, strict=True) if isinstance(outcome, Problem)
        ]
        RejectedRow.objects.bulk_create([_rejected(upload, row, problems) for row, problems in rejected])
        numbers = {word: sum(outcome == word for outcome in outcomes) for word in (CREATED, UPDATED, UNCHANGED)}
        _record(upload, len(chunk), rejected=len(rejected), **numbers)


def _rejected(upload: Import, row: Row, problems: list[Problem]) -> RejectedRow:
    told = [{"column": one.column, "message": one.message} for one in problems]
    return RejectedRow(upload=upload, number=row.number, cells=row.cells, problems=told)


def _record(upload: Import, rows: int, **numbers: int) -> None:
    """Raises ClaimLost, which rolls the chunk back, where a later run has taken over."""
    won = Import.objects.filter(pk=upload.pk, run=upload.run, position=upload.position).update(
        position=F("position") + rows, **{name: F(name) + number for name, number in numbers.items()}
    )
    if not won:
        raise ClaimLost("a later run goes on with this import")
    upload.refresh_from_db()


def _counts(upload: Import) -> dict[str, Any]:
    return {
        "rows": upload.position,
        "created": upload.created,
        "updated": upload.updated,
        "unchanged": upload.unchanged,
        "rejected": upload.rejected,
    }


def _follow(upload: Import) -> None:
    """New names may be those of companies, or of debtors, and what is new wants scores."""
    if upload.kind not in {ImportKind.COMPANIES, ImportKind.PROSPECTS} or not (upload.created or upload.updated):
        return
    follow_import(tenant_id=upload.tenant_id, import_id=str(upload.public_id))
