"""What companies did, as far as it still counts."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from ..scoring.lead import Event
from ..scoring.weights import LeadWeights
from . import statements

#: After so many half-lives a signal is worth less than half a hundredth of itself.
FADED_AFTER_HALF_LIVES = 8
#: Whether a company shows engagement at all is asked over a year.
ENGAGEMENT_KINDS = ("demo", "site-visit", "email-click")
ENGAGEMENT_DAYS = 365


def events_of_companies(companies: Collection[int], weights: LeadWeights, *, at: datetime) -> Mapping[int, list[Event]]:
    """Signals and buying signals that still move a score."""
    days = {kind: FADED_AFTER_HALF_LIVES * one.half_life_days for kind, one in weights.signals.items()}
    return _events(companies, weights, days, at)


def engagement_of_companies(
    companies: Collection[int], weights: LeadWeights, *, at: datetime
) -> Mapping[int, list[Event]]:
    """Visits and clicks of a year; opens are left out, since programs make them too."""
    days = {kind: float(ENGAGEMENT_DAYS) for kind in ENGAGEMENT_KINDS if kind in weights.signals}
    return _events(companies, weights, days, at)


def _events(
    companies: Collection[int], weights: LeadWeights, days: Mapping[str, float], at: datetime
) -> Mapping[int, list[Event]]:
    rules = [{"kind": kind, "days": most, "per_day": weights.signals[kind].per_day} for kind, most in days.items()]
    found: dict[int, list[Event]] = defaultdict(list)
    parameters = {"companies": list(companies), "rules": json.dumps(rules), "at": at}
    for company, kind, occurred_at, confidence in statements.run(statements.EVENTS_OF_COMPANIES, parameters):
        found[company].append(Event(kind=kind, at=occurred_at, confidence=confidence))
    return found
