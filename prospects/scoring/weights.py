"""What the scores weigh: frozen typed values, their defaults (version 0), and JSON in and out.

Stored in ScoreWeights.values as camelCase JSON. What is left out takes the default, so that a version
from before a new weight stays readable.
"""

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic.alias_generators import to_camel

from ..signals.kinds import SignalKind
from .secured_parties import SecuredClass

Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0, le=1000)]
Days = Annotated[float, Field(gt=0, le=3650)]
ClassWeights = dict[str, Annotated[float, Field(ge=0, le=10)]]

TIERS = ("A", "B", "C", "D")
GRADES = ("A", "B", "C", "D", "F")
FIT_FIELDS = ("industry", "size", "geography", "technology", "age")
HEALTH_COMPONENTS = ("payment", "revenue", "sentiment", "safety", "ucc", "engagement")


class InvalidWeights(ValueError):
    """Weights that do not fit. `fields` maps each offending field, dotted, to its problem."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = fields


class _Values(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        allow_inf_nan=False,
        validate_default=True,
    )


def _sums_to_one(**shares: float) -> None:
    if abs(sum(shares.values()) - 1) > 1e-6:
        names = " + ".join(to_camel(name) for name in shares)
        raise ValueError(f"{names} must be 1, but is {sum(shares.values()):g}")


class Penalty(_Values):
    """Points off for each lien of a kind filed within the window, up to a limit; the first `free` cost nothing."""

    points: Points
    limit: Points
    window_days: Days
    free: Annotated[int, Field(ge=0, le=100)] = 0


class ProspectWeights(_Values):
    """How a prospect is scored from its UCC liens. Windows: 18 months are 548 days, 24 are 730."""

    kind: ClassVar = "prospect"

    demand_share: Share = 0.7
    refinancing_share: Share = 0.3
    half_life_days: Days = 180
    demand: ClassWeights = {
        "mca": 0.9,
        "factoring": 0.6,
        "fintech": 0.5,
        "abl": 0.5,
        "bank": 0.4,
        "equipment": 0.35,
        "agent": 0.3,
        "sba": 0.15,
        "representative": 0.15,
        "other": 0.15,
        "tax": 0.0,
        "judgment": 0.0,
    }
    refinanced: list[str] = ["bank", "abl", "agent"]
    full_until_days: Days = 180
    none_after_days: Days = 365
    mca: Penalty = Penalty(points=10, limit=40, window_days=548, free=1)
    tax: Penalty = Penalty(points=20, limit=40, window_days=730)
    judgment: Penalty = Penalty(points=10, limit=20, window_days=730)
    risk_per_mca: Points = 20
    risk_per_tax: Points = 30
    risk_per_judgment: Points = 20

    @field_validator("demand")
    @classmethod
    def _every_class(cls, given: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(given) - set(SecuredClass)):
            raise ValueError(f"{', '.join(unknown)}: no such class; the classes are {', '.join(SecuredClass)}")
        if missing := [str(kind) for kind in SecuredClass if kind not in given]:
            raise ValueError(f"a weight is missing for {', '.join(missing)}; give 0 for none")
        return given

    @field_validator("refinanced")
    @classmethod
    def _known_classes(cls, given: list[str]) -> list[str]:
        if unknown := sorted(set(given) - set(SecuredClass)):
            raise ValueError(f"{', '.join(unknown)}: no such class; the classes are {', '.join(SecuredClass)}")
        return given

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _sums_to_one(demand_share=self.demand_share, refinancing_share=self.refinancing_share)
        if self.none_after_days <= self.full_until_days:
            raise ValueError("noneAfterDays must be more than fullUntilDays")
        return self


class Profile(_Values):
    """The customer an organisation looks for. What is left empty is not asked.

    industries: NAICS prefixes such as 23, or words of the industry. regions: as companies have them, such as NY.
    """

    industries: list[Annotated[str, Field(min_length=1, max_length=100)]] = []
    countries: list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]] = ["US"]
    regions: list[Annotated[str, Field(min_length=1, max_length=100)]] = []
    technologies: list[Annotated[str, Field(min_length=1, max_length=100)]] = []
    employees_least: Annotated[int, Field(ge=0)] | None = 10
    employees_most: Annotated[int, Field(ge=1)] | None = 500
    years_least: Annotated[float, Field(ge=0, le=500)] | None = 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if None not in (self.employees_least, self.employees_most) and self.employees_least > self.employees_most:  # type: ignore[operator]
            raise ValueError("employeesLeast must not be more than employeesMost")
        return self


class SignalWeight(_Values):
    """Points of a signal that is new; per_day: how many of a kind and a day count at most.

    alone: whether it may lift a lead into a better tier by itself.
    """

    points: Points
    half_life_days: Days
    per_day: Annotated[int, Field(ge=1, le=1000)]
    alone: bool = True


def _signal(points: float, half_life_days: float, per_day: int, *, alone: bool = True) -> SignalWeight:
    return SignalWeight(points=points, half_life_days=half_life_days, per_day=per_day, alone=alone)


class LeadWeights(_Values):
    """How a lead is scored from what a company is (fit) and does (intent)."""

    kind: ClassVar = "lead"

    fit_share: Share = 0.6
    intent_share: Share = 0.4
    fit: dict[str, Points] = {"industry": 30, "size": 25, "geography": 15, "technology": 15, "age": 15}
    profile: Profile = Profile()
    signals: dict[str, SignalWeight] = {
        "funding": _signal(40, 90, 1),
        "new-ucc": _signal(40, 90, 1),
        "contract-award": _signal(30, 120, 3),
        "executive-hire": _signal(25, 60, 2),
        "hiring-surge": _signal(20, 45, 1),
        "demo": _signal(30, 7, 2),
        "site-visit": _signal(10, 7, 3),
        "email-click": _signal(8, 7, 3),
        # Mail programs fetch pictures by themselves, so an open may mean that nobody looked.
        "email-open": _signal(3, 3, 1, alone=False),
        "patent-grant": _signal(10, 180, 3),
    }
    intent_scale: Points = 50
    tiers: dict[str, Annotated[float, Field(ge=0, le=100)]] = {"A": 75, "B": 60, "C": 40}

    @field_validator("fit")
    @classmethod
    def _every_field(cls, given: dict[str, float]) -> dict[str, float]:
        _exactly(given, FIT_FIELDS)
        if not sum(given.values()):
            raise ValueError("at least one field must have points")
        return given

    @field_validator("signals")
    @classmethod
    def _every_kind(cls, given: dict[str, SignalWeight]) -> dict[str, SignalWeight]:
        return _exactly(given, tuple(SignalKind))

    @field_validator("intent_scale")
    @classmethod
    def _above_zero(cls, given: float) -> float:
        if given <= 0:
            raise ValueError("must be more than 0")
        return given

    @field_validator("tiers")
    @classmethod
    def _falling_tiers(cls, given: dict[str, float]) -> dict[str, float]:
        return _falling(given, TIERS[:-1])

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _sums_to_one(fit_share=self.fit_share, intent_share=self.intent_share)
        return self


class HealthWeights(_Values):
    """How the health of a portfolio company is scored."""

    kind: ClassVar = "health"

    components: dict[str, Share] = {
        "payment": 0.25,
        "revenue": 0.25,
        "sentiment": 0.15,
        "safety": 0.15,
        "ucc": 0.15,
        "engagement": 0.05,
    }
    least_coverage: Share = 0.5
    revenue_scale: Annotated[float, Field(gt=0, le=10)] = 0.2
    sentiment_half_life_days: Days = 14
    grades: dict[str, Annotated[float, Field(ge=0, le=100)]] = {"A": 80, "B": 65, "C": 50, "D": 35}
    alert_drop: Points = 10
    alert_days: Days = 30

    @field_validator("components")
    @classmethod
    def _whole(cls, given: dict[str, float]) -> dict[str, float]:
        _exactly(given, HEALTH_COMPONENTS)
        _sums_to_one(**given)
        return given

    @field_validator("grades")
    @classmethod
    def _falling_grades(cls, given: dict[str, float]) -> dict[str, float]:
        return _falling(given, GRADES[:-1])


Weights = ProspectWeights | LeadWeights | HealthWeights
KINDS: dict[str, type[ProspectWeights] | type[LeadWeights] | type[HealthWeights]] = {
    "prospect": ProspectWeights,
    "lead": LeadWeights,
    "health": HealthWeights,
}


def read_weights(kind: str, values: Any) -> Weights:
    """Weights of a kind from JSON. Raises InvalidWeights that names every offending field."""
    try:
        return KINDS[kind].model_validate(values)
    except ValidationError as error:
        raise InvalidWeights(_problems(error)) from None


def as_json(weights: Weights) -> dict[str, Any]:
    """Complete, in camelCase; read_weights takes it back."""
    return weights.model_dump(mode="json", by_alias=True)


def _exactly(given: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    if unknown := sorted(set(given) - set(names)):
        raise ValueError(f"{', '.join(unknown)}: not known here; the names are {', '.join(names)}")
    if missing := [name for name in names if name not in given]:
        raise ValueError(f"{', '.join(missing)}: missing; give 0 for what shall not count")
    return given


def _falling(given: dict[str, float], names: tuple[str, ...]) -> dict[str, float]:
    _exactly(given, names)
    if not all(given[better] > given[worse] for better, worse in pairwise(names)):
        raise ValueError(f"must fall from {names[0]} to {names[-1]}")
    return given


def _problems(error: ValidationError) -> dict[str, str]:
    fields: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"]) or "values"
        text = "is not a weight; remove it" if problem["type"] == "extra_forbidden" else problem["msg"]
        fields.setdefault(name, text.removeprefix("Value error, "))
    return fields
