"""What to do next, each with the reason that made a rule say it; the most pressing first. Pure."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal

from .content import Recommendation, Urgency
from .insights import HARD_KINDS, stacked_advances
from .known import Known
from .measuring import active_on, filings_in, lapsing_after, score_at_end, score_before, signals_in
from .periods import Period

#: Days before a lapse from which it presses.
_LAPSE_PRESSES_DAYS = 60
_SURE = Decimal("0.70")
_STEEP_FALL = Decimal(10)
_STALE_DAYS = 30
_OLD_FACTS_DAYS = 90

Rule = Callable[[Known, Period], Iterator[Recommendation]]


def recommendations_of(known: Known, period: Period) -> list[Recommendation]:
    found = [one for rule in _RULES for one in rule(known, period)]
    order = {Urgency.NOW: 0, Urgency.SOON: 1, Urgency.LATER: 2}
    return sorted(found, key=lambda one: order[one.urgency])


def _hard_lien(known: Known, period: Period) -> Iterator[Recommendation]:
    new = {one.lien for one in filings_in(known, period)}
    for lien in active_on(known, period.end):
        if lien.id in new and lien.kind in ("tax", "judgment"):
            yield Recommendation(
                rule="new-hard-lien",
                text="Review what the company owes before extending credit.",
                reason=f"{lien.ref.label} of a {HARD_KINDS[lien.kind]} is new in this {period.kind.noun}.",
                urgency=Urgency.NOW,
            )
            return


def _advances(known: Known, period: Period) -> Iterator[Recommendation]:
    found = stacked_advances(known, period)
    if found:
        yield Recommendation(
            rule="stacked-advances",
            text="Ask how the advances are paid back, and offer to consolidate them.",
            reason=f"{len(found)} merchant cash advances are active at once.",
            urgency=Urgency.NOW,
        )


def _health(known: Known, period: Period) -> Iterator[Recommendation]:
    end, start = score_at_end(known.health, period), score_before(known.health, period)
    if end is None or end.score is None:
        return
    fall = start.score - end.score if start and start.score is not None else Decimal()
    if end.rank in ("D", "F") or fall >= _STEEP_FALL:
        fell = f", {fall} less than at its start" if fall > 0 else ""
        yield Recommendation(
            rule="weak-health",
            text="Look at the company's health and agree on what to watch.",
            reason=f"Its health score at the end of the {period.kind.noun} is {end.score}, grade {end.rank}{fell}.",
            urgency=Urgency.NOW,
        )


def _call(known: Known, period: Period) -> Iterator[Recommendation]:
    sure = [one for one in signals_in(known.buying, period) if (one.confidence or Decimal()) >= _SURE]
    if sure:
        best = max(sure, key=lambda one: (one.confidence or Decimal(), one.at))
        yield Recommendation(
            rule="call",
            text="Call the company.",
            reason=f"“{best.title}” ({best.confidence:.0%} sure) is a reason to.",
            urgency=Urgency.SOON,
        )


def _lapse(known: Known, period: Period) -> Iterator[Recommendation]:
    coming = lapsing_after(known, period.end)
    if coming and coming[0].lapses_on:
        first, presses = coming[0], period.end + timedelta(days=_LAPSE_PRESSES_DAYS)
        yield Recommendation(
            rule="offer-before-lapse",
            text=f"Talk about financing before {first.lapses_on}.",
            reason=f"{first.ref.label} lapses then, unless it is continued.",
            urgency=Urgency.SOON if coming[0].lapses_on <= presses else Urgency.LATER,
        )


def _contact(known: Known, period: Period) -> Iterator[Recommendation]:
    lead = score_at_end(known.lead, period)
    if lead and lead.rank in ("A", "B") and not any(one.has_valid_email for one in known.contacts):
        yield Recommendation(
            rule="find-a-contact",
            text="Find somebody to write to.",
            reason=f"It is a lead of tier {lead.rank}, and no contact with a working address is known.",
            urgency=Urgency.SOON,
        )


def _score_anew(known: Known, period: Period) -> Iterator[Recommendation]:
    lead = score_at_end(known.lead, period)
    if lead is None or lead.at < period.ends_at - timedelta(days=_STALE_DAYS):
        yield Recommendation(
            rule="score",
            text="Compute the lead score.",
            reason=f"The last one is of {period.day_of(lead.at)}." if lead else "It was never computed.",
            urgency=Urgency.LATER,
        )


def _enrich(known: Known, period: Period) -> Iterator[Recommendation]:
    at = known.enriched_at
    if at is None or at < period.ends_at - timedelta(days=_OLD_FACTS_DAYS):
        yield Recommendation(
            rule="enrich",
            text="Ask the sources about the company.",
            reason=f"They were last asked on {period.day_of(at)}." if at else "They were never asked.",
            urgency=Urgency.LATER,
        )


def _research(known: Known, period: Period) -> Iterator[Recommendation]:
    if not known.research:
        yield Recommendation(
            rule="research",
            text="Ask for a research of the company.",
            reason="There is none yet.",
            urgency=Urgency.LATER,
        )


_RULES: tuple[Rule, ...] = (
    _hard_lien,
    _advances,
    _health,
    _call,
    _lapse,
    _contact,
    _score_anew,
    _enrich,
    _research,
)
