"""What a contract says about its price, as frozen and validated values, and their JSON.

Numbers are texts in the JSON: a binary float could not hold them. Percentages are percent, not shares.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from .numbers import ONE, Rounding, RoundingMode, exact, text
from .observations import FINAL_ELSE_PRELIMINARY, PRELIMINARY, Frequency


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be more than 0")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("must not be negative")
    return value


Number = Annotated[Decimal, BeforeValidator(exact), PlainSerializer(text, when_used="json")]
Positive = Annotated[Number, AfterValidator(_positive)]
NotNegative = Annotated[Number, AfterValidator(_not_negative)]
Day = Annotated[date, BeforeValidator(_day)]
SeriesCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:\-]{0,99}$")]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^\S+$")]
#: On which days a value is expected. None: the contract's author did not say, and none is missed.
Expected = Annotated[Frequency | None, Field(default=None, strict=False)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"\S")]


class Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        # At the first use: to build them takes a twentieth of each process's start, and few processes price.
        defer_build=True,
    )


class Window(Part):
    """`count` units that end `lag` units before the pricing date, or its month or quarter.

    unit `observation`: the last `count` published values, `lag` of them left out, until the pricing date.
    """

    unit: Literal["observation", "day", "month", "quarter"]
    count: int = Field(default=1, ge=1, le=1000)
    lag: int = Field(default=0, ge=0, le=1000)


class Between(Part):
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("`to` must not be before `from`")
        if (self.end - self.start).days > 3660:
            raise ValueError("must not span more than ten years")
        return self


class Reading(Part):
    """Where a number comes from: given, one day's value, or the average of a span or a window."""

    value: Positive | None = None
    on: Day | None = None
    between: Between | None = None
    window: Window | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if sum(one is not None for one in (self.value, self.on, self.between, self.window)) != 1:
            raise ValueError("must have exactly one of value, on, between, window")
        return self


class Exchange(Part):
    """Currency conversion of a component: both its values, with the rates of their own times."""

    series: SeriesCode
    base: Reading
    current: Reading
    frequency: Expected
    operation: Literal["multiply", "divide"] = "multiply"


class Indexed(Part):
    """An index with its base and current value. base and current may be averages."""

    series: SeriesCode
    base: Reading
    current: Reading
    frequency: Expected
    average: Literal["simple", "volume"] = "simple"
    volume_series: SeriesCode | None = None
    missing: Literal["skip", "carry", "fail"] = "skip"
    exchange: Exchange | None = None

    @model_validator(mode="after")
    def _volumes_where_needed(self) -> Self:
        if (self.average == "volume") != (self.volume_series is not None):
            raise ValueError("average `volume` needs volumeSeries, and `simple` must not have it")
        return self


class Component(Indexed):
    name: Name
    weight: Positive


class DeadBand(Part):
    """Changes within `percent` of the base count as none. Beyond, mode `full` counts the whole change and
    `excess` what exceeds the band. applies: whether a change of exactly the band is beyond (`from`) or not.
    """

    percent: NotNegative
    mode: Literal["full", "excess"]
    applies: Literal["above", "from"] = "above"


class Bounds(Part):
    """In percent, relative to the price before (period) or to the base (cumulative); either may be open."""

    cap: NotNegative | None = None
    floor: NotNegative | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.cap is None and self.floor is None:
            raise ValueError("needs a cap, a floor or both")
        return self


class Collar(Part):
    """cap: the most it may rise, floor: the most it may fall, both as positive percentages."""

    period: Bounds | None = None
    cumulative: Bounds | None = None


class Rule(Part):
    places: int = Field(ge=0, le=12)
    mode: RoundingMode = Field(default=RoundingMode.HALF_UP, strict=False)

    @property
    def rounding(self) -> Rounding:
        return Rounding(places=self.places, mode=self.mode)


class Roundings(Part):
    """How the result of each step is rounded; null keeps all digits."""

    average: Rule | None = Rule(places=6)
    exchange: Rule | None = None
    ratio: Rule | None = Rule(places=4)
    factor: Rule | None = None
    difference: Rule | None = None
    price: Rule = Rule(places=2)
    amount: Rule = Rule(places=2)


class Common(Part):
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    versions: tuple[Tag, ...] = Field(default=FINAL_ELSE_PRELIMINARY, min_length=1, max_length=10, strict=False)
    provisional_versions: tuple[Tag, ...] = Field(default=(PRELIMINARY,), max_length=10, strict=False)
    unpublished: Literal["fail", "provisional"] = "fail"
    dead_band: DeadBand | None = None
    collar: Collar | None = None
    rounding: Roundings = Roundings()


class IndexTerms(Common):
    """`price = base price × (a + Σ weight × current ÷ base)`; one component of weight 1 is a plain ratio."""

    family: Literal["index"]
    fixed: NotNegative = Decimal(0)
    components: tuple[Component, ...] = Field(min_length=1, max_length=50, strict=False)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum((one.weight for one in self.components), self.fixed)
        if total != ONE:
            raise ValueError(f"the fixed part and the weights must add up to 1; they add up to {text(total)}")
        if len({one.name for one in self.components}) < len(self.components):
            raise ValueError("the components must have different names")
        return self


class DifferenceTerms(Common):
    """`amount = quantity × content % × (current - base)`, as for asphalt and fuel."""

    family: Literal["difference"]
    component: Indexed
    content: Positive = Decimal(100)

    @model_validator(mode="after")
    def _has_no_periods(self) -> Self:
        if self.collar and self.collar.period:
            raise ValueError("a difference has no price before it: use collar.cumulative")
        return self


Terms = Annotated[IndexTerms | DifferenceTerms, Field(discriminator="family")]


@cache
def _adapter() -> TypeAdapter[IndexTerms | DifferenceTerms]:
    return TypeAdapter(Terms)


class WrongTerms(ValueError):
    """The terms make no sense. `fields` maps each place, such as `components.0.weight`, to its problem."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = fields


def parse_terms(data: Mapping[str, Any]) -> IndexTerms | DifferenceTerms:
    """Terms from JSON. Raises WrongTerms naming every place that is wrong."""
    try:
        return _adapter().validate_python(dict(data))
    except ValidationError as error:
        raise WrongTerms(_fields(error)) from None


def terms_json(terms: IndexTerms | DifferenceTerms) -> dict[str, Any]:
    """As `parse_terms` reads them, with every default written out: a later default changes no contract."""
    return terms.model_dump(mode="json", by_alias=True)


def _fields(error: ValidationError) -> dict[str, str]:
    fields: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        places = [str(part) for part in problem["loc"] if part not in {"index", "difference"}]
        message = {"missing": "is required", "extra_forbidden": "is not known here; remove it"}.get(
            problem["type"], problem["msg"].removeprefix("Value error, ")
        )
        fields.setdefault(".".join(places) or "terms", message)
    # A list whose only item is wrong is called too short as well, which helps nobody.
    return {name: text for name, text in fields.items() if not any(other.startswith(f"{name}.") for other in fields)}
