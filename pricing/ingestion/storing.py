"""Storing values so that nothing known is ever lost and nothing is stored twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection

from prospects.models.base import Origin

from . import storing_sql as sql
from .rows import ValueRow

#: Rows that go to the server together: each write is a system call, and waits for the server to be ready.
ROWS_OF_A_WRITE = 500


@dataclass(frozen=True, kw_only=True)
class SeriesNote:
    """What a file says of a series beside its values; empty where it says nothing."""

    unit: str = ""
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """conflicts: lines that give a series, date and version more than one value; none of them was stored."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: list[int] = field(default_factory=list)


def stage(rows: Iterable[ValueRow]) -> int:
    """Copy rows to a table of this transaction's own; returns how many. Memory does not grow with them."""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(sql.CREATE_STAGED)
        with cursor.copy(sql.COPY_STAGED) as copy:
            lines = map(_copied, rows)
            while piece := list(islice(lines, ROWS_OF_A_WRITE)):
                copy.write("".join(piece).encode())
                count += len(piece)
        cursor.execute("ANALYZE pricing_staged")
    return count


def store_staged(
    *,
    staged: int,
    tenant_id: str,
    origin: Origin,
    notes: Mapping[str, SeriesNote] | None = None,
    value_import: int | None = None,
) -> Stored:
    """Make the `staged` rows known, in the caller's transaction.

    A value that differs from the newest revision of its series, date and version becomes the next
    revision; one that does not changes nothing. Series that are new are made, with the frequency that
    their dates suggest. Until the transaction ends, no other values become known to the organisation.
    """
    _run(sql.MORE_MEMORY)
    _run(sql.FIND_SEVERAL)
    conflicts = [line for (line,) in _run(sql.TAKE_CONFLICTS)]
    _run(sql.DROP_REPEATED)
    recorded_at = lock_knowledge(tenant_id)
    given = notes or {}
    codes = sorted(given)
    _run(
        sql.ADD_SERIES,
        {
            "tenant": tenant_id,
            "codes": codes,
            "units": [given[code].unit for code in codes],
            "currencies": [given[code].currency for code in codes],
        },
    )
    parameters = {"tenant": tenant_id, "origin": origin.value, "import": value_import, "now": recorded_at}
    has_known = _run(sql.HAS_KNOWN, {"tenant": tenant_id})[0][0]
    inserted, updated = _run(sql.ADD_OBSERVATIONS if has_known else sql.ADD_FIRST, parameters)[0]
    return Stored(
        inserted=inserted,
        updated=updated,
        unchanged=staged - len(conflicts) - inserted - updated,
        conflicts=conflicts,
    )


def lock_knowledge(tenant_id: str) -> datetime:
    """Until the transaction ends, only this one makes values known to the organisation. Returns the time."""
    _run(sql.LOCK, [tenant_id])
    now: datetime = _run("SELECT clock_timestamp()")[0][0]
    return now


def _copied(row: ValueRow) -> str:
    published = row.published_at or r"\N"
    return (
        f"{row.line}\t{row.series}\t{row.day}\t{_escaped(row.version)}\t{row.value}\t{published}\t"
        f"{_escaped(row.source)}\n"
    )


@lru_cache(maxsize=1000)
def _escaped(text: str) -> str:
    """As COPY reads it. The words of a file are few."""
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return text


def _run(statement: str, parameters: Mapping[str, Any] | list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
