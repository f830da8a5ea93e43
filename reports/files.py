"""Files of reports: made beside the storage, kept with the transaction that names them, or not at all."""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, cast

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils.text import slugify

from .models import Report
from .models.reports import report_storage

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
}
#: Bytes that are read or written at once.
PIECE = 64 * 1024
#: Bytes that a file may have before it is made on disk.
MOST_IN_MEMORY = 4 * 1024 * 1024
#: After which a file without a report is nobody's: no job runs as long.
ORPHANED_AFTER = timedelta(days=2)
_NAME = re.compile(r"rep_[a-z2-7]{16}\.[a-z]+\Z")


@dataclass(frozen=True, kw_only=True)
class Made:
    """A finished file that is not stored yet, at its beginning."""

    file: IO[bytes]
    size_bytes: int
    sha256: str


@contextmanager
def made(write: Callable[[IO[bytes]], None]) -> Iterator[Made]:
    """The file that `write` writes; gone after the block."""
    with tempfile.SpooledTemporaryFile(max_size=MOST_IN_MEMORY) as spooled:
        file = cast(IO[bytes], spooled)
        write(file)
        size = file.tell()
        file.seek(0)
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
        file.seek(0)
        yield Made(file=file, size_bytes=size, sha256=digest.hexdigest())


@contextmanager
def kept(report: Report, file: Made, *, extension: str) -> Iterator[None]:
    """The file lies in the storage during the block, and stays unless the block fails. `report` names it then.

    A process that dies in between leaves a file that no report names: `remove_orphans` takes it away.
    """
    storage = report_storage()
    name = storage.save(f"{report.kind}/{report.public_id}.{extension}", File(file.file))
    report.file.name, report.size_bytes, report.sha256 = name, file.size_bytes, file.sha256
    try:
        yield
    except BaseException:
        storage.delete(name)
        raise


def download_url(report: Report) -> str:
    """Where the API gives the file. Written out: a job that asked the URL configuration would import every page."""
    return f"/api/reports/{report.public_id}/download"


def extension_of(report: Report) -> str:
    """Of the file that it has: a report that is a page may have been printed as well."""
    return str(report.file.name).rpartition(".")[2]


def content_type_of(report: Report) -> str:
    return CONTENT_TYPES.get(extension_of(report), "application/octet-stream")


def download_name(report: Report) -> str:
    """What the file is called on the reader's disk: letters that every system takes."""
    return f"{slugify(report.title)[:100] or report.public_id}.{extension_of(report)}"


# --- Taking away ------------------------------------------------------------------------------------
def remove_file(report: Report) -> bool:
    """Forget the file in the caller's transaction; it is deleted once that commits. False where there was none."""
    name = str(report.file.name or "")
    if not name or not Report.objects.filter(pk=report.pk, file=name).update(file=""):
        return False
    transaction.on_commit(lambda: report_storage().delete(name), robust=True)
    return True


def remove_orphans(*, now: datetime) -> int:
    """Delete files that no report names, older than ORPHANED_AFTER. Returns how many."""
    storage = report_storage()
    removed = 0
    for folder in _listed(storage, "")[0]:
        names = [f"{folder}/{name}" for name in _listed(storage, folder)[1] if _NAME.match(name)]
        known = set(Report.objects.filter(file__in=names).values_list("file", flat=True))
        for name in names:
            if name not in known and now - storage.get_modified_time(name) > ORPHANED_AFTER:
                storage.delete(name)
                removed += 1
    return removed


def _listed(storage: Storage, folder: str) -> tuple[list[str], list[str]]:
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []
