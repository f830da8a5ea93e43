"""Importing one file: all usable rows in one transaction, the others reported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import IO

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.callers import Caller
from prospects.models.base import Origin

from .company_facts import company_facts_rows, is_company_facts
from .figures import figure_rows
from .prices import price_rows
from .rows import FigureRow, PriceRow, RejectedRow, WrongFile, symbol_of
from .securities import security_rows
from .storing import OnProblem, Stored, store_figures, store_prices, store_securities

#: Problems that a report names; it counts all rows.
MOST_PROBLEMS = 1000


class Kind(StrEnum):
    SECURITIES = "securities"
    PRICES = "prices"
    FIGURES = "figures"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """line: of the file, from 1; of a JSON file the number of the fact. reason: a clause."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Imported:
    """rows: all that were read, which inserted, updated, unchanged and rejected add up to."""

    kind: Kind
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    problems: tuple[Problem, ...]

    @property
    def rows(self) -> int:
        return self.inserted + self.updated + self.unchanged + self.rejected


@dataclass(kw_only=True)
class _Problems:
    count: int = 0
    first: list[Problem] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.first) < MOST_PROBLEMS:
            self.first.append(Problem(line=line, reason=reason))


def import_file(
    *,
    kind: Kind,
    file: IO[bytes],
    file_name: str,
    tenant_id: str,
    symbol: str = "",
    by: Caller | None = None,
    request_id: str | None = None,
) -> Imported:
    """Read a seekable file of the layouts in docs/market.md. Raises WrongFile, and stores nothing then.

    symbol: whose prices these are, where the file says it neither in a column nor in its name. The same file
    again changes nothing. by: who imports it, for the audit trail.
    """
    read, found = _Problems(), _Problems()
    with transaction.atomic():
        stored = _store(kind, file, file_name, tenant_id, _own(symbol), read.add, found.add)
        problems = sorted([*read.first, *found.first], key=lambda one: one.line)[:MOST_PROBLEMS]
        done = Imported(
            kind=kind,
            inserted=stored.inserted,
            updated=stored.updated,
            unchanged=stored.unchanged,
            rejected=read.count + stored.rejected,
            problems=tuple(problems),
        )
        if by:
            _record(by, done, file_name, tenant_id, request_id)
    return done


def _store(
    kind: Kind, file: IO[bytes], name: str, tenant_id: str, symbol: str, on_read: OnProblem, on_store: OnProblem
) -> Stored:
    if kind is Kind.SECURITIES:
        rows = security_rows(file, on_read)
        return store_securities(tenant_id=tenant_id, rows=rows, source=Origin.FILE, on_problem=on_store)
    if kind is Kind.PRICES:
        prices: Iterator[PriceRow] = price_rows(
            file, on_read, file_name=name, symbol=symbol, today=timezone.now().date()
        )
        return store_prices(tenant_id=tenant_id, rows=prices, source=Origin.FILE, on_problem=on_store)
    start = file.read(100)
    file.seek(0)
    figures = _figures_of(start, file, name, tenant_id, on_read)
    return store_figures(tenant_id=tenant_id, rows=figures, source=Origin.FILE, on_problem=on_store)


def _figures_of(
    start: bytes, file: IO[bytes], name: str, tenant_id: str, on_read: Callable[[int, str], None]
) -> Iterator[FigureRow]:
    if is_company_facts(start):
        # Whole before the first is copied: while rows are copied, the connection takes no query.
        return iter(list(company_facts_rows(file, on_read, tenant_id=tenant_id)))
    return figure_rows(file, on_read, file_name=name)


def _own(symbol: str) -> str:
    try:
        return symbol_of(symbol) if symbol.strip() else ""
    except RejectedRow as error:
        raise WrongFile(f"The given {error}.") from None


def _record(by: Caller, done: Imported, file_name: str, tenant_id: str, request_id: str | None) -> None:
    audit.record(
        caller=by,
        action="market.import",
        target_type="market",
        target_id=done.kind.value,
        tenant_id=tenant_id,
        details={
            "fileName": file_name,
            "rows": done.rows,
            "inserted": done.inserted,
            "updated": done.updated,
            "rejected": done.rejected,
        },
        request_id=request_id,
    )


__all__ = ["Imported", "Kind", "Problem", "WrongFile", "import_file"]
