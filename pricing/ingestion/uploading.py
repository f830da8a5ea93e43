"""What people do with uploaded files of values: take one in, look at its first rows, start it, drop it."""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller
from accounts.models import User
from jobs import library
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.states import TERMINAL

from ..models import UploadPiece, UploadStatus, ValueUpload
from .csv_file import ValueFile
from .importing import notes_of
from .rows import ValueRow

PIECE_BYTES = 1024 * 1024
#: Rows that a preview reads, and rows that it shows.
CHECKED, PREVIEWED = 500, 15
#: How long a file waits to be confirmed, or for its failed job to be tried again.
KEPT = timedelta(days=7)


def take_in(*, pieces: Iterable[bytes], file_name: str, caller: Caller, user: User | None) -> ValueUpload:
    """Keep a file as a draft, a piece at a time. Whether it can be read, the preview says."""
    tenant_id = caller.tenant_id or ""
    digest, size = hashlib.sha256(), 0
    with transaction.atomic():
        _forget_old(tenant_id)
        upload = ValueUpload.objects.create(
            tenant_id=tenant_id, user=user, file_name=file_name[-300:], sha256="", size_bytes=0
        )
        for number, piece in enumerate(_of_one_size(pieces)):
            digest.update(piece)
            size += len(piece)
            UploadPiece.objects.create(upload=upload, number=number, body=piece)
        upload.sha256, upload.size_bytes = digest.hexdigest(), size
        upload.save(update_fields=["sha256", "size_bytes"])
        upload.refresh_from_db()
        _record(caller, upload, "series.upload", size=size, sha256=upload.sha256)
    return upload


def start(*, upload: ValueUpload, caller: Caller, request_id: str | None = None) -> JobHandle | None:
    """Store the rows, as a job; None where the upload is no draft any more. Raises what library.enqueue raises."""
    with transaction.atomic():
        draft = ValueUpload.objects.filter(pk=upload.pk, status=UploadStatus.DRAFT)
        if not draft.update(status=UploadStatus.RUNNING):
            return None
        handle = library.enqueue(
            "index-import", {"uploadId": str(upload.public_id)}, by=caller, correlation_id=request_id
        )
        ValueUpload.objects.filter(pk=upload.pk).update(job_id=handle.id)
        _record(caller, upload, "series.import", jobId=handle.id)
    return handle


def drop(*, upload: ValueUpload, caller: Caller) -> bool:
    """Throw a draft away. False where it has been started."""
    with transaction.atomic():
        gone, _ = ValueUpload.objects.filter(pk=upload.pk, status=UploadStatus.DRAFT).delete()
        if gone:
            _record(caller, upload, "series.drop")
    return bool(gone)


@contextmanager
def content_of(upload: ValueUpload) -> Iterator[IO[bytes]]:
    """The file on disk, at its beginning; while rows are copied, the connection could not give its pieces."""
    with tempfile.TemporaryFile() as file:
        for body in _bodies(upload):
            file.write(body)
        file.seek(0)
        yield file


# --- Preview ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Preview:
    """rows: the first ones. problems: (line, reason) of the first `checked` rows. series: (code, whether known).

    complete: whether `checked` is all there is.
    """

    rows: list[ValueRow]
    checked: int
    problems: list[tuple[int, str]]
    series: list[tuple[str, bool]]
    complete: bool


def preview(upload: ValueUpload) -> Preview:
    """What the first rows say. Raises WrongFile where the file is none of the layout in csv_file.py."""
    problems: list[tuple[int, str]] = []
    first = bytes(next(_bodies(upload), b""))
    partly = len(first) < upload.size_bytes
    # A line, or a character, that the first piece cuts in two is not looked at.
    content = first[: first.rfind(b"\n") + 1] if partly else first
    known = notes_of(upload.tenant_id)
    values = ValueFile(
        io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=""),
        on_problem=lambda line, reason: problems.append((line, reason)),
        known=known,
    )
    rows = list(islice(values, CHECKED))
    return Preview(
        rows=rows[:PREVIEWED],
        checked=values.rows,
        problems=problems,
        series=[(code, code in known) for code in sorted(values.notes)],
        complete=len(rows) < CHECKED and not partly,
    )


def _bodies(upload: ValueUpload) -> Iterator[bytes]:
    """One at a time: a server-side cursor would need a transaction."""
    number = 0
    pieces = UploadPiece.objects.filter(upload=upload)
    while (body := pieces.filter(number=number).values_list("body", flat=True).first()) is not None:
        yield bytes(body)
        number += 1


def _of_one_size(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= PIECE_BYTES:
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    if held:
        yield bytes(held)


def _forget_old(tenant_id: str) -> None:
    """Files that nobody confirmed, or whose job failed, would be kept for ever; nothing of them was stored."""
    open_jobs = Job.objects.filter(public_id=OuterRef("job_id")).exclude(status__in=[str(one) for one in TERMINAL])
    old = ValueUpload.objects.filter(tenant_id=tenant_id, created_at__lt=Now() - KEPT)
    old.exclude(status=UploadStatus.DONE).exclude(Exists(open_jobs)).delete()


def _record(caller: Caller, upload: ValueUpload, action: str, **details: Any) -> None:
    audit.record(
        caller=caller,
        action=action,
        target_type="value-upload",
        target_id=str(upload.public_id),
        details={"file": upload.file_name, **details},
    )
