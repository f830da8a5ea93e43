"""What is given to make contracts, versions and batches; camelCase or snake_case, numbers as texts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator

from jobs.payloads import IsoDate, Payload
from jobs.timestamps import in_utc

from ..calculation import WrongTerms, parse_terms
from ..calculation.numbers import exact

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,99}$")]
Text = Annotated[str, StringConstraints(max_length=300)]
Unit = Annotated[str, StringConstraints(max_length=40)]
MOST_LINES = 20_000


def _positive(value: Any) -> Decimal:
    number = exact(value)
    if number <= 0:
        raise ValueError("must be more than 0")
    return number


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("must be an ISO time such as 2026-01-31T12:00:00Z") from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("must say its time zone, such as Z")
    return in_utc(value) if isinstance(value, datetime) else value


Positive = Annotated[Decimal, BeforeValidator(_positive)]
Exact = Annotated[Decimal, BeforeValidator(exact)]


class LineInput(Payload):
    code: Code
    description: Text = ""
    unit: Unit = ""
    base_price: Positive | None = None
    quantity: Exact = Decimal(1)
    content: Positive | None = None


class VersionInput(Payload):
    """terms: as pricing/calculation/terms.py describes. effective_from: the first pricing date it holds for."""

    effective_from: IsoDate
    terms: dict[str, Any]
    lines: Annotated[list[LineInput], Field(min_length=1, max_length=MOST_LINES)]
    note: Text = ""

    @field_validator("terms")
    @classmethod
    def _sensible(cls, terms: dict[str, Any]) -> dict[str, Any]:
        try:
            parse_terms(terms)
        except WrongTerms as error:
            raise ValueError(str(error)) from None
        return terms

    @model_validator(mode="after")
    def _lines_fit(self) -> Self:
        codes = [line.code for line in self.lines]
        if len(set(codes)) < len(codes):
            twice = next(code for code in codes if codes.count(code) > 1)
            raise ValueError(f"lines: {twice} is given twice; every line needs a code of its own")
        if self.terms.get("family") == "index":
            for number, line in enumerate(self.lines):
                if line.base_price is None:
                    raise ValueError(f"lines.{number}.basePrice: is required where the price follows an index")
        return self


class ContractInput(VersionInput):
    code: Code
    name: Text = ""
    counterparty: Text = ""


class ItemInput(Payload):
    """quantity: that of the line where it is left out."""

    contract: Code
    line: Code
    quantity: Exact | None = None


class BatchInput(Payload):
    """contracts: all lines of these; items: single ones, with their quantities. One of the two."""

    batch_id: Code
    name: Text = ""
    pricing_date: IsoDate
    as_of: Annotated[datetime | None, BeforeValidator(_moment)] = None
    contracts: Annotated[list[Code], Field(max_length=10_000)] = Field(default_factory=list)
    items: Annotated[list[ItemInput], Field(max_length=MOST_LINES)] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _one_of_both(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and bool(given.get("contracts")) == bool(given.get("items")):
            raise ValueError("name either contracts or items, and at least one")
        return given
