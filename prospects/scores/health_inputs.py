"""From rows to the components of health scores: a fixed number of queries for any number of companies."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ..facts import ARTICLES, REVENUE, VIOLATIONS
from ..models import Company, FigureName
from ..scoring.factors import saturating
from ..scoring.health import (
    UNKNOWN,
    Component,
    Components,
    Sentiment,
    growth_of,
    revenue_component,
    sentiment_component,
)
from ..scoring.lead import Event, intent_amounts
from ..scoring.prospect import LienFacts, ucc_risk
from ..scoring.safety import safety_score
from ..scoring.sentiment import sentiment_of
from ..scoring.weights import HealthWeights, LeadWeights, ProspectWeights
from . import statements
from .events import engagement_of_companies
from .evidence import articles_in, violations_in, yearly_revenue_in
from .liens import liens_of_prospects

#: The newest articles of a company that are read.
MOST_ARTICLES = 50


@dataclass(frozen=True, kw_only=True)
class AllWeights:
    """Health rests on parts of the other two: the risk of liens, and what visits and clicks are worth."""

    health: HealthWeights
    lead: LeadWeights
    prospect: ProspectWeights


@dataclass(kw_only=True)
class Known:
    """All that is known of one company."""

    name: str
    matched: bool = False
    facts: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    figures: list[tuple[str, date, float, str]] = field(default_factory=list)
    liens: dict[int, LienFacts] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


def load(companies: Collection[Company], weights: AllWeights, *, at: datetime) -> dict[int, Known]:
    """By primary key. Prospects that are certainly a company lend it their liens and facts."""
    keys = [company.pk for company in companies]
    known = {company.pk: Known(name=company.name) for company in companies}
    pairs = statements.run(statements.PROSPECTS_OF_COMPANIES, {"companies": keys})
    company_of = {prospect: company for company, prospect in pairs}
    for company in company_of.values():
        known[company].matched = True
    for prospect, liens in liens_of_prospects(company_of).items():
        known[company_of[prospect]].liens.update(liens)
    asked = {"companies": keys, "prospects": list(company_of), "names": [ARTICLES, REVENUE, VIOLATIONS]}
    for company, prospect, _, name, value in statements.run(statements.FACTS, asked):
        known[company or company_of[prospect]].facts[name].append(json.loads(value))
    for company, name, period_end, value, currency in statements.run(statements.FIGURES, {"companies": keys}):
        known[company].figures.append((name, period_end, value, currency))
    for company, events in engagement_of_companies(keys, weights.lead, at=at).items():
        known[company].events = events
    return known


def components_of(known: Known, weights: AllWeights, *, at: datetime) -> Components:
    """Raises BadFact where a stored fact cannot be read."""
    return Components(**{name: ask(known, weights, at) for name, ask in _QUESTIONS.items()})


def _payment(known: Known, weights: AllWeights, at: datetime) -> Component:
    figures = [(end, value) for name, end, value, _ in known.figures if name == FigureName.PAYMENT]
    if not figures:
        return UNKNOWN
    end, value = max(figures)
    return Component(value=value, detail=f"payment score of {end}")


def _revenue(known: Known, weights: AllWeights, at: datetime) -> Component:
    for figures in _revenues(known):
        growth = growth_of(figures)
        if growth is not None:
            value = revenue_component(growth, weights.health)
            return Component(value=value, detail=f"{growth:+.1%} over the year before, up to {max(figures)[0]}")
    return UNKNOWN


def _revenues(known: Known) -> Iterator[list[tuple[date, float]]]:
    """What was given first, then what sources told."""
    given = [(end, value, currency) for name, end, value, currency in known.figures if name == FigureName.REVENUE]
    if given:
        currency = max(given)[2]
        yield [(end, value) for end, value, its in given if its == currency]
    yield yearly_revenue_in(known.facts[REVENUE])


def _sentiment(known: Known, weights: AllWeights, at: datetime) -> Component:
    articles = articles_in(known.facts[ARTICLES])[:MOST_ARTICLES]
    said = [
        Sentiment(value=sentiment_of(article.title, about=known.name), at=article.published_at) for article in articles
    ]
    value = sentiment_component(said, weights.health, at=at)
    if value is None:
        return UNKNOWN
    count = len(articles)
    return Component(value=value, detail=f"{count} {'article' if count == 1 else 'articles'}, 50 is neutral")


def _safety(known: Known, weights: AllWeights, at: datetime) -> Component:
    if not known.facts[VIOLATIONS]:
        return UNKNOWN
    violations = violations_in(known.facts[VIOLATIONS])
    count = sum(not one.deleted for one in violations)
    detail = f"{count} {'violation' if count == 1 else 'violations'} on OSHA's record"
    return Component(value=safety_score(violations, as_of=at.date()), detail=detail)


def _ucc(known: Known, weights: AllWeights, at: datetime) -> Component:
    if not known.matched:
        return UNKNOWN
    risk = ucc_risk(known.liens.values(), weights.prospect, as_of=at.date())
    return Component(value=100.0 - risk, detail=f"100 less the risk of its liens, {risk:g}")


def _engagement(known: Known, weights: AllWeights, at: datetime) -> Component:
    if not known.events:
        return UNKNOWN
    amounts = intent_amounts(known.events, weights.lead, at=at)
    value = saturating(sum(amounts.values()), weights.lead.intent_scale)
    return Component(value=value, detail="visits and clicks of the last year, the recent ones most")


_QUESTIONS: Mapping[str, Callable[[Known, AllWeights, datetime], Component]] = {
    "payment": _payment,
    "revenue": _revenue,
    "sentiment": _sentiment,
    "safety": _safety,
    "ucc": _ucc,
    "engagement": _engagement,
}
