"""The safety score from OSHA violations: 100 without any, falling with their weight and freshness."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

#: Wilful, repeat, unclassified, serious, other.
POINTS = {"W": 10.0, "R": 7.0, "U": 5.0, "S": 4.0, "O": 1.0}
#: Up to so many days after the citation it counts so much; later not at all.
FADING = ((365, 1.0), (1095, 0.5), (1826, 0.25))
SCALE = 20.0


@dataclass(frozen=True, kw_only=True)
class Violation:
    """type: W, R, U, S or O. deleted: withdrawn by OSHA; it does not count."""

    type: str
    issued_on: date
    deleted: bool = False


def burden(violations: Iterable[Violation], *, as_of: date) -> float:
    """The weighed sum of what still counts. Raises KeyError for a type that OSHA does not have."""
    return math.fsum(POINTS[one.type] * _factor((as_of - one.issued_on).days) for one in violations if not one.deleted)


def safety_score(violations: Iterable[Violation], *, as_of: date) -> float:
    """0 to 100, two decimals."""
    return round(100.0 * math.exp(-burden(violations, as_of=as_of) / SCALE), 2)


def _factor(age_days: int) -> float:
    return next((factor for days, factor in FADING if age_days <= days), 0.0)
