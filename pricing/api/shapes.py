"""What the API answers about pricing. Numbers of prices are texts: no digit is lost on the way."""

from typing import Annotated, Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from jobs.shapes.words import Count, Cursor, Day, Number, Time, one_of

from ..models import Frequency


class Paged(TypedDict):
    limit: int
    count: Count
    nextCursor: Cursor


class Series(TypedDict):
    code: str
    name: str
    unit: str
    currency: str
    frequency: Annotated[str, one_of(Frequency.values)]
    tenantId: str
    createdAt: Time
    updatedAt: Time


class SeriesPage(Paged):
    series: list[Series]


class Value(TypedDict):
    """A published value. revision: from 1, as it was corrected. source: who published it; origin: how it came."""

    id: int
    date: Day
    value: Number
    versionTag: str
    revision: int
    publishedAt: Time
    recordedAt: Time
    source: str
    origin: str


class ValuesPage(Paged):
    code: str
    values: list[Value]


class RejectedLine(TypedDict):
    line: int
    reason: str


class ValueImport(TypedDict):
    """What a file of values did. repeated: it was known already, and nothing changed."""

    id: str
    fileName: str
    sha256: str
    sizeBytes: Count
    rows: Count
    inserted: Count
    updated: Count
    unchanged: Count
    rejected: Count
    problems: list[RejectedLine]
    durationMs: Count
    repeated: bool
    createdAt: Time


class ValueImports(Paged):
    imports: list[ValueImport]


class Contract(TypedDict):
    code: str
    name: str
    counterparty: str
    tenantId: str
    createdAt: Time


class ContractVersion(TypedDict):
    """terms: as docs/pricing.md describes, every default written out."""

    number: int
    effectiveFrom: Day
    terms: dict[str, Any]
    note: str
    createdAt: Time


class ContractLine(TypedDict):
    code: str
    description: str
    unit: str
    basePrice: Number | None
    quantity: Number
    content: Number | None


class WholeContract(Contract):
    versions: list[ContractVersion]


class WholeVersion(ContractVersion):
    lines: list[ContractLine]


class Contracts(Paged):
    contracts: list[Contract]


class PricingBatch(TypedDict):
    """asOf: only values that were published by then count."""

    batchId: str
    name: str
    pricingDate: Day
    asOf: Time | None
    tenantId: str
    createdAt: Time


class MadePricingBatch(PricingBatch):
    itemCount: Count


class PricingBatches(Paged):
    batches: list[PricingBatch]


class PricingBatchItem(TypedDict):
    position: int
    contract: str
    line: str
    quantity: Number | None


class Total(TypedDict):
    """delta: against the calculation before; null without one."""

    amount: Number
    delta: Number | None


class Calculation(TypedDict):
    """totals: by currency. knownId: values up to this one were known. digest: of all its digits."""

    id: str
    batchId: str
    number: int
    previousId: str | None
    jobId: str
    pricingDate: Day
    asOf: Time
    knownId: int
    itemCount: Count
    provisional: bool
    totals: dict[str, Total]
    digest: str
    tenantId: str
    computedAt: Time


class WholePricingBatch(MadePricingBatch, Paged):
    """items: a page of them. calculations: the newest."""

    calculations: list[Calculation]
    items: list[PricingBatchItem]


class Calculations(Paged):
    calculations: list[Calculation]


class CalculationStep(TypedDict):
    order: int
    rule: str
    subject: str
    detail: str
    inputs: Annotated[list[Any], Field(description="The values that went in, with where they come from.")]
    expression: str
    unrounded: Number | None
    rounded: Number | None
    rounding: str


class CalculationItem(TypedDict):
    """provisional: rests on values that may still be corrected. steps: with `include=steps`."""

    position: int
    contract: str
    version: int
    line: str
    quantity: Number
    priceBefore: Number | None
    factor: Number | None
    price: Number
    amount: Number
    currency: str
    provisional: bool
    previousAmount: Number | None
    delta: Number | None
    digest: str
    steps: NotRequired[list[CalculationStep]]


class WholeCalculation(Calculation, Paged):
    items: list[CalculationItem]
