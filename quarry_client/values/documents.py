"""Lists that go in; reports and prices that come out."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from .base import Resource


@dataclass(frozen=True, kw_only=True)
class Preview:
    """checked: rows that were looked at, `wrong` of them with problems. missing: required fields without a column."""

    header: tuple[str, ...]
    missing: tuple[str, ...]
    checked: int
    wrong: int


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    message: str
    column: str | None = None


@dataclass(frozen=True, kw_only=True)
class RejectedRow:
    """row: its number in the file."""

    row: int
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, kw_only=True)
class Import(Resource):
    """status: draft, running or done. rejected: how many rows were not taken; rejected_rows: the first hundred."""

    id: str
    kind: str
    status: str
    file_name: str
    row_count: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    created_at: datetime
    job_id: str | None = None
    finished_at: datetime | None = None
    preview: Preview | None = None
    rejected_rows: tuple[RejectedRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    type: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Report(Resource):
    """file: None where the report is a page, or its file is no longer kept."""

    id: str
    kind: str
    format: str
    title: str
    created_at: datetime
    company_id: str | None = None
    batch_id: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    job_id: str | None = None
    file: ReportFile | None = None


@dataclass(frozen=True, kw_only=True)
class ReportPage(Resource):
    reports: tuple[Report, ...]
    count: int
    next_cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class Price:
    """One item of a calculation. Amounts are in `currency`; delta: against the batch's calculation before."""

    position: int
    contract: str
    version: int
    line: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    currency: str
    provisional: bool
    price_before: Decimal | None = None
    factor: Decimal | None = None
    delta: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Calculation(Resource):
    """Prices of a batch. items: a page of them, where one calculation was asked for."""

    id: str
    batch_id: str
    number: int
    pricing_date: date
    item_count: int
    provisional: bool
    computed_at: datetime
    job_id: str | None = None
    totals: Any = None
    items: tuple[Price, ...] = ()
    next_cursor: str | None = None


@dataclass(frozen=True, kw_only=True)
class CalculationPage(Resource):
    calculations: tuple[Calculation, ...]
    count: int
    next_cursor: str | None = None
