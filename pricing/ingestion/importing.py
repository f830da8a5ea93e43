"""Importing a file of index values: all usable rows in one transaction, the others reported."""

import hashlib
import io
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO

from django.db import transaction

from prospects.models.base import Origin

from ..models import Series, ValueImport
from .csv_file import ValueFile
from .rows import ValueRow
from .storing import SeriesNote, Stored, lock_knowledge, stage, store_staged

#: Rejected rows that a report names; it counts all of them.
MOST_PROBLEMS = 1000
#: Rows between two calls of `on_rows`.
REPORT_EVERY = 20_000
CONFLICT = "another line gives the same series, date and version another value; correct one of them"

OnRows = Callable[[int], None]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """repeated: the very file was imported before without a rejection, so nothing was read."""

    record: ValueImport
    repeated: bool


@dataclass(kw_only=True)
class _Problems:
    count: int = 0
    first: list[dict[str, object]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.first) < MOST_PROBLEMS:
            self.first.append({"line": line, "reason": reason})


def import_values(
    *,
    file: IO[bytes],
    file_name: str,
    tenant_id: str,
    on_rows: OnRows = lambda count: None,
    on_read: OnRows = lambda count: None,
) -> Imported:
    """Read a seekable file of the layout in csv_file.py. Raises WrongFile, and stores nothing then.

    on_rows: told how many rows are read. on_read: the same, once all are. A file with rejected rows may be
    given again: rows that have become usable are stored then, the others change nothing.
    """
    sha256, size = _fingerprint(file)
    known = ValueImport.objects.filter(tenant_id=tenant_id, sha256=sha256, rejected=0).first()
    if known:
        return Imported(record=known, repeated=True)
    began = time.monotonic()
    problems = _Problems()
    file.seek(0)
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        with transaction.atomic():
            values = ValueFile(text, on_problem=problems.add, known=notes_of(tenant_id))
            staged = stage(_counted(values, on_rows))
            on_read(values.rows)
            # Before the record is written: a second import of the same file waits here.
            lock_knowledge(tenant_id)
            record = _record(tenant_id, sha256, file_name, size)
            stored = store_staged(
                staged=staged, tenant_id=tenant_id, origin=Origin.FILE, notes=values.notes, value_import=record.pk
            )
            _finish(record, values.rows, stored, problems, began)
    finally:
        # The file is the caller's to close.
        text.detach()
    return Imported(record=record, repeated=False)


def _fingerprint(file: IO[bytes]) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    # Not `tell()`: of bytes in memory the digest is taken where they lie, and the position stays at 0.
    return digest, file.seek(0, os.SEEK_END)


def notes_of(tenant_id: str) -> dict[str, SeriesNote]:
    """What is stored of all series. Read before the rows: while they are copied, the connection takes no query."""
    stored = Series.objects.filter(tenant_id=tenant_id).values_list("code", "unit", "currency")
    return {code: SeriesNote(unit=unit, currency=currency) for code, unit, currency in stored.iterator()}


def _counted(values: Iterable[ValueRow], on_rows: OnRows) -> Iterator[ValueRow]:
    for count, row in enumerate(values, 1):
        if count % REPORT_EVERY == 0:
            on_rows(count)
        yield row


def _record(tenant_id: str, sha256: str, file_name: str, size: int) -> ValueImport:
    counts = dict.fromkeys(("rows", "inserted", "updated", "unchanged", "rejected", "duration_ms"), 0)
    return ValueImport.objects.update_or_create(
        tenant_id=tenant_id,
        sha256=sha256,
        defaults={"file_name": file_name[-300:], "size_bytes": size, "problems": [], **counts},
    )[0]


def _finish(record: ValueImport, rows: int, stored: Stored, problems: _Problems, began: float) -> None:
    for line in stored.conflicts:
        problems.add(line, CONFLICT)
    record.rows = rows
    record.inserted, record.updated, record.unchanged = stored.inserted, stored.updated, stored.unchanged
    record.rejected = problems.count
    record.problems = sorted(problems.first, key=lambda one: int(str(one["line"])))
    record.duration_ms = round((time.monotonic() - began) * 1000)
    record.save()
