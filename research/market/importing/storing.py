"""Storing rows so that the same file twice changes nothing, and what cannot be used is told by line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from prospects.models.base import Origin

from . import storing_sql as sql
from .rows import FigureRow, PriceRow, SecurityRow

OnProblem = Callable[[int, str], None]


@dataclass(frozen=True, kw_only=True)
class Stored:
    """unchanged: with rows that the file repeats. rejected: rows that no share takes, or that contradict each other."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """columns: with types, after the line. key: what a row is about. said: what it says of it."""

    table: str
    columns: Mapping[str, str]
    key: str
    said: str
    upsert: str


_SECURITIES = _Kind(
    table="market_staged_security",
    columns=dict.fromkeys(("symbol", "name", "cik", "sic", "sector", "sub_sector", "currency"), "text"),
    key="symbol",
    said="name, cik, sic, sector, sub_sector, currency",
    upsert=sql.UPSERT_SECURITIES,
)
_FIGURES = _Kind(
    table="market_staged_figure",
    columns={
        "symbol": "text",
        "tag": "text",
        "unit": "text",
        "start": "date",
        '"end"': "date",
        "value": "numeric(30, 6)",
        "form": "text",
        "filed_on": "date",
        "accession": "text",
    },
    key='symbol, tag, unit, start, "end", accession',
    said="value, form, filed_on",
    upsert=sql.UPSERT_FIGURES,
)
_PRICES = _Kind(
    table="market_staged_price",
    columns={"symbol": "text", "date": "date", "close": "numeric(20, 6)", "volume": "bigint"},
    key="symbol, date",
    said="close, volume",
    upsert=sql.UPSERT_PRICES,
)


def store_securities(*, tenant_id: str, rows: Iterable[SecurityRow], source: Origin, on_problem: OnProblem) -> Stored:
    """In the caller's transaction. A share of the sample that is stored as one's own loses the sample's numbers."""
    staged = _stage(_SECURITIES, rows)
    _lock(tenant_id)
    lost = _take_conflicts(_SECURITIES, on_problem)
    if source is not Origin.SAMPLE:
        for statement in sql.FORGET_SAMPLES:
            _run(statement, {"tenant": tenant_id})
    return _take_over(_SECURITIES, tenant_id, source, staged, lost)


def store_figures(*, tenant_id: str, rows: Iterable[FigureRow], source: Origin, on_problem: OnProblem) -> Stored:
    """In the caller's transaction. Figures of a filing that is known are corrected, not doubled."""
    return _store_of_shares(_FIGURES, tenant_id, rows, source, on_problem)


def store_prices(*, tenant_id: str, rows: Iterable[PriceRow], source: Origin, on_problem: OnProblem) -> Stored:
    """In the caller's transaction. A later price of a day replaces the one before: adjustments change the past."""
    return _store_of_shares(_PRICES, tenant_id, rows, source, on_problem)


def _store_of_shares(kind: _Kind, tenant_id: str, rows: Iterable[Any], source: Origin, on_problem: OnProblem) -> Stored:
    staged = _stage(kind, rows)
    _lock(tenant_id)
    lost = _take_conflicts(kind, on_problem)
    lost += _take(kind, sql.TAKE_UNKNOWN, tenant_id, on_problem, "is not among the securities; import it there first")
    if source is not Origin.SAMPLE:
        reason = "is a share of the bundled sample; import it as a security to make it yours"
        lost += _take(kind, sql.TAKE_SAMPLES, tenant_id, on_problem, reason)
    return _take_over(kind, tenant_id, source, staged, lost)


def _stage(kind: _Kind, rows: Iterable[Sequence[Any]]) -> int:
    """Copy rows to a table of this transaction's own; returns how many. Memory does not grow with them."""
    columns = ", ".join(f"{name} {of}" for name, of in kind.columns.items())
    names = ", ".join(["line", *kind.columns])
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(sql.MORE_MEMORY)
        cursor.execute(sql.CREATE.format(table=kind.table, columns=columns))
        with cursor.copy(sql.COPY.format(table=kind.table, names=names)) as copy:
            for count, row in enumerate(rows, 1):  # noqa: B007
                copy.write_row(row)
        cursor.execute(f"ANALYZE {kind.table}")
    return count


def _lock(tenant_id: str) -> None:
    """Until the transaction ends, only this one stores shares of the organisation."""
    _run(sql.LOCK, [tenant_id])


def _take_conflicts(kind: _Kind, on_problem: OnProblem) -> int:
    statement = sql.TAKE_CONFLICTS.format(table=kind.table, key=kind.key, said=kind.said)
    lines = [line for (line,) in _run(statement)]
    about = kind.key.replace('"', "")
    for line in lines:
        on_problem(line, f"another line says something else of the same {about}; correct one of them")
    return len(lines)


def _take(kind: _Kind, statement: str, tenant_id: str, on_problem: OnProblem, reason: str) -> int:
    """Rows of shares that take none: told once for each share, with how many rows there are."""
    lost = 0
    for symbol, line, count in _run(statement.format(table=kind.table), {"tenant": tenant_id}):
        lost += count
        rows = f" ({count} rows)" if count > 1 else ""
        on_problem(line, f"{symbol} {reason}{rows}")
    return lost


def _take_over(kind: _Kind, tenant_id: str, source: Origin, staged: int, lost: int) -> Stored:
    inserted, updated = _run(kind.upsert, {"tenant": tenant_id, "source": source.value})[0]
    unchanged = staged - lost - inserted - updated
    return Stored(inserted=inserted, updated=updated, unchanged=unchanged, rejected=lost)


def _run(statement: str, parameters: Mapping[str, Any] | list[Any] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []
