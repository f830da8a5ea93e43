"""What people do with uploaded lists: take one in, map its columns, start it, drop it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller
from accounts.models import User
from jobs import library
from jobs.handle import JobHandle

from ..models.imports import Import, ImportContent, ImportStatus
from .errors import BadFile
from .fields import FIELDS, Problem, guess, missing, values_of
from .reading import Row, read

#: Rows that a preview shows, and rows that it checks.
PREVIEWED = 10
#: How long a file waits to be confirmed.
DRAFTS_KEPT = timedelta(days=7)
CHECKED = 200


def take_in(*, content: bytes, file_name: str, kind: str, caller: Caller, user: User | None) -> Import:
    """Keep an uploaded file as a draft, its columns mapped by their headers. Raises BadFile."""
    rows = read(content, file_name)
    header = next(rows, None)
    if header is None:
        raise BadFile("The file has no rows.")
    count = sum(1 for _ in rows)
    if not count:
        raise BadFile("The file has a header and no rows below it.")
    with transaction.atomic():
        _forget_old_drafts(caller.tenant_id or "")
        upload = Import.objects.create(
            tenant_id=caller.tenant_id or "",
            user=user,
            kind=kind,
            file_name=file_name[-200:],
            digest=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
            row_count=count,
            mapping=guess(kind, header.cells),
        )
        ImportContent.objects.create(upload=upload, body=content)
        upload.refresh_from_db()
        _record(caller, upload, "import.upload", size=upload.size_bytes, rows=count, sha256=upload.digest)
    return upload


def _forget_old_drafts(tenant_id: str) -> None:
    """Files that nobody confirmed would otherwise be kept for ever; nothing of them was stored."""
    old = Import.objects.filter(tenant_id=tenant_id, status=ImportStatus.DRAFT)
    old.filter(created_at__lt=Now() - DRAFTS_KEPT).delete()


def header_of(upload: Import) -> list[str]:
    """The names of a draft's columns, as its file has them."""
    return next(read(bytes(upload.content.body), upload.file_name)).cells


def remap(*, upload: Import, mapping: Mapping[str, int], caller: Caller) -> Import:
    """Map fields to columns, as long as the import is a draft."""
    known = {field.name for field in FIELDS[upload.kind]}
    before = upload.mapping
    upload.mapping = {name: column for name, column in mapping.items() if name in known and column >= 0}
    if upload.mapping == before:
        return upload
    with transaction.atomic():
        if Import.objects.filter(pk=upload.pk, status=ImportStatus.DRAFT).update(mapping=upload.mapping):
            _record(caller, upload, "import.map", old=before, new=upload.mapping)
    return upload


def start(*, upload: Import, caller: Caller, request_id: str | None = None) -> JobHandle | None:
    """Store the rows, as a job; None where the import is no draft (any more). Raises BadFile for lacking columns."""
    if lacking := missing(upload.kind, upload.mapping):
        raise BadFile(f"No column is chosen for {', '.join(lacking)}.")
    with transaction.atomic():
        if not Import.objects.filter(pk=upload.pk, status=ImportStatus.DRAFT).update(status=ImportStatus.RUNNING):
            return None
        handle = library.enqueue(
            "import-rows", {"importId": str(upload.public_id)}, by=caller, correlation_id=request_id
        )
        Import.objects.filter(pk=upload.pk).update(job_id=handle.id)
        _record(caller, upload, "import.start", jobId=handle.id, mapping=upload.mapping)
    return handle


def drop(*, upload: Import, caller: Caller) -> bool:
    """Throw a draft away. False where it has been started."""
    with transaction.atomic():
        gone, _ = Import.objects.filter(pk=upload.pk, status=ImportStatus.DRAFT).delete()
        if gone:
            _record(caller, upload, "import.drop")
    return bool(gone)


def _record(caller: Caller, upload: Import, action: str, **details: Any) -> None:
    audit.record(
        caller=caller,
        action=action,
        target_type="import",
        target_id=str(upload.public_id),
        details={"file": upload.file_name, "kind": upload.kind, **details},
    )


# --- Preview ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class PreviewRow:
    row: Row
    values: dict[str, Any]
    problems: list[Problem]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """header: the file's own names. rows: the first ones, and further ones that have problems."""

    header: list[str]
    rows: list[PreviewRow]
    checked: int
    wrong: int
    lacking: list[str]


def preview(upload: Import) -> Preview:
    """What the first rows would become under the import's mapping."""
    rows = read(bytes(upload.content.body), upload.file_name)
    header = next(rows).cells
    mapping = {name: int(column) for name, column in upload.mapping.items()}
    checked = [_checked(upload.kind, mapping, row) for row in islice(rows, CHECKED)]
    wrong = [one for one in checked if one.problems]
    later = [one for one in checked[PREVIEWED:] if one.problems][:PREVIEWED]
    return Preview(
        header=header,
        rows=[*checked[:PREVIEWED], *later],
        checked=len(checked),
        wrong=len(wrong),
        lacking=missing(upload.kind, mapping),
    )


def _checked(kind: str, mapping: Mapping[str, int], row: Row) -> PreviewRow:
    values, problems = values_of(kind, mapping, row.cells)
    return PreviewRow(row=row, values=values, problems=problems)
