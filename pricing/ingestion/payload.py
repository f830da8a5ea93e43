"""The payload of index-ingestion: rows of one series, as a list or as CSV text."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from jobs.payloads import EntityId, IsoDate, Payload

from ..calculation.numbers import exact, text

MOST_ROWS = 100_000
#: Beyond these digits a JSON number has lost some of what was written.
FLOAT_DIGITS = 15
_DATE_COLUMNS = ("date", "as_of_date", "asOfDate")


def _number(value: Any) -> Decimal:
    """A JSON number is taken as it was written, where a binary float can hold it."""
    if isinstance(value, float):
        written = repr(value)
        if len(Decimal(written).as_tuple().digits) > FLOAT_DIGITS:
            raise ValueError("has more digits than a JSON number holds; write it as a text")
        value = format(Decimal(written), "f")
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        return exact(value)
    raise ValueError('must be a number, such as "72.50"')


class IndexRow(Payload):
    """date: that of the whole ingestion where it is left out."""

    date: IsoDate | None = None
    value: Annotated[Decimal, BeforeValidator(_number), PlainSerializer(text, when_used="json")]


class IndexIngestion(Payload):
    tenant_id: EntityId
    series_code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,99}$")]
    as_of_date: IsoDate
    version_tag: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^\S+$")]
    source: Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"\S")]
    data: Annotated[list[IndexRow], Field(min_length=1, max_length=MOST_ROWS)]

    @model_validator(mode="before")
    @classmethod
    def _rows_of_text(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and isinstance(given.get("data"), str) and given.get("source") == "csv":
            return {**given, "data": _rows(given["data"])}
        return given

    @model_validator(mode="after")
    def _says_one_thing_for_a_date(self) -> Self:
        seen: dict[date, tuple[int, Decimal]] = {}
        for number, row in enumerate(self.data):
            day = row.date or self.as_of_date
            first, value = seen.setdefault(day, (number, row.value))
            if value != row.value:
                raise ValueError(f"data.{number}: {day} has another value already, in data.{first}; give one of them")
        return self


def _rows(content: str) -> list[dict[str, Any]]:
    """CSV with a header that names `value`, and `date` where rows have their own; or date,value without one."""
    lines = [line for line in csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")) if any(line)]
    header = [name.strip() for name in lines[0]] if lines else []
    if "value" in header:
        lines = lines[1:]
        day_at = next((header.index(name) for name in _DATE_COLUMNS if name in header), None)
        value_at = header.index("value")
    else:
        day_at, value_at = (0, 1) if len(header) > 1 else (None, 0)
    return [_row(line, day_at, value_at) for line in lines]


def _row(line: list[str], day_at: int | None, value_at: int) -> dict[str, Any]:
    row: dict[str, Any] = {"value": line[value_at].strip() if value_at < len(line) else ""}
    if day_at is not None and day_at < len(line) and line[day_at].strip():
        row["date"] = line[day_at].strip()
    return row
