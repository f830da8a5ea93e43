"""Sentences about the period, each made by one rule and naming the rows that it rests on. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from .content import Insight, RowRef, ScoreCourse, Tone
from .known import Known, KnownLien, KnownScore
from .measuring import (
    LAPSE_DAYS,
    active_on,
    courses_of,
    figure_at,
    filings_in,
    lapsing_after,
    refs_of,
    score_at_end,
    score_before,
    signals_in,
)
from .periods import Period

#: Points by which a score must have moved to be told.
LEAST_SCORE_MOVE = Decimal(2)
#: Kinds of creditors that lend where banks do not, or that nobody has asked to.
HARD_KINDS = {"tax": "tax authority", "judgment": "judgment creditor", "mca": "lender of merchant cash advances"}
_MOST_NAMES = 4

Rule = Callable[[Known, Period], Iterator[Insight]]


def insights_of(known: Known, period: Period) -> list[Insight]:
    """What is bad first, then what is good; where nothing happened, one sentence that says so."""
    found = [insight for rule in _RULES for insight in rule(known, period)]
    order = {Tone.BAD: 0, Tone.GOOD: 1, Tone.NEUTRAL: 2}
    return sorted(found, key=lambda one: order[one.tone]) or [_nothing(known, period)]


def _nothing(known: Known, period: Period) -> Insight:
    text = f"Nothing that is known of {known.company_name} changed in the {period.kind.noun}."
    return Insight(rule="nothing-happened", text=text, tone=Tone.NEUTRAL, rows=())


# --- Liens ------------------------------------------------------------------------------------------
def _filings(known: Known, period: Period) -> Iterator[Insight]:
    now, before = filings_in(known, period), filings_in(known, period.before)
    if not now and not before:
        return
    made = f"{_number(len(now), 'filing')} {_were(len(now))}" if now else "No filing was"
    text = f"{made} made in the {period.kind.noun}, {len(before)} in the one before."
    yield Insight(rule="filings", text=text, tone=Tone.NEUTRAL, rows=refs_of([*now, *before]))


def _new_creditors(known: Known, period: Period) -> Iterator[Insight]:
    """Secured parties that no filing before the period names."""
    earlier = {name for one in known.filings if one.filed_on and one.filed_on < period.start for name in one.secured}
    kinds = {name: lien.kind for lien in known.liens for name in lien.secured}
    for name in sorted({name for one in filings_in(known, period) for name in one.secured} - earlier):
        rows = [one.ref for one in filings_in(known, period) if name in one.secured]
        hard = HARD_KINDS.get(kinds.get(name, ""))
        what = f"{name}, a {hard}," if hard else name
        yield Insight(
            rule="new-creditor",
            text=f"{what} is a secured party for the first time.",
            tone=Tone.BAD if hard else Tone.NEUTRAL,
            rows=rows,
        )


def _terminations(known: Known, period: Period) -> Iterator[Insight]:
    ended = [lien for lien in known.liens if lien.ended_on and period.start <= lien.ended_on <= period.end]
    if ended:
        text = f"{_number(len(ended), 'lien')} {_were(len(ended))} terminated: {_listed(lien.ref for lien in ended)}."
        yield Insight(rule="terminations", text=text, tone=Tone.GOOD, rows=refs_of(ended))


def _lapsed(known: Known, period: Period) -> Iterator[Insight]:
    """Those that stood when the period began and have run out since."""
    stood = [lien for lien in active_on(known, period.before.end) if not lien.is_active_on(period.end)]
    over = [lien for lien in stood if lien.ended_on is None]
    if over:
        text = f"{_number(len(over), 'lien')} lapsed: {_listed(lien.ref for lien in over)}."
        yield Insight(rule="lapsed", text=text, tone=Tone.NEUTRAL, rows=refs_of(over))


def _lapses(known: Known, period: Period) -> Iterator[Insight]:
    coming = lapsing_after(known, period.end)
    if coming:
        verb = "lapses" if len(coming) == 1 else "lapse"
        first = coming[0]
        text = (
            f"{_number(len(coming), 'active lien')} {verb} within {LAPSE_DAYS} days, "
            f"the first, {first.ref.label}, on {first.lapses_on}."
        )
        yield Insight(rule="lapses-to-come", text=text, tone=Tone.NEUTRAL, rows=refs_of(coming))


def _stacked(known: Known, period: Period) -> Iterator[Insight]:
    advances = stacked_advances(known, period)
    if advances:
        lenders = sorted({name for lien in advances for name in lien.secured})
        text = f"{len(advances)} merchant cash advances are secured at once: {', '.join(lenders[:_MOST_NAMES])}."
        yield Insight(rule="stacked-advances", text=text, tone=Tone.BAD, rows=refs_of(advances))


def stacked_advances(known: Known, period: Period) -> list[KnownLien]:
    """Active advances, where there are two or more."""
    found = [lien for lien in active_on(known, period.end) if lien.kind == "mca"]
    return found if len(found) > 1 else []


# --- Scores -----------------------------------------------------------------------------------------
def _scores(known: Known, period: Period) -> Iterator[Insight]:
    scores = {"lead": known.lead, "health": known.health}
    for course in courses_of(known, period):
        start, end = score_before(scores[course.key], period), score_at_end(scores[course.key], period)
        if end is None or (start and start.ref == end.ref):
            continue
        yield from _score(course, start, end)


def _score(course: ScoreCourse, start: KnownScore | None, end: KnownScore) -> Iterator[Insight]:
    rank = "tier" if course.key == "lead" else "grade"
    rows = [one.ref for one in (start, end) if one]
    if course.end is None:
        text = f"The {course.label.lower()} could not be computed: less than half of what it rests on is known."
        yield Insight(rule=f"{course.key}-unknown", text=text, tone=Tone.NEUTRAL, rows=rows)
    elif course.change is None:
        text = f"The {course.label.lower()} was computed for the first time: {course.end}, {rank} {course.end_rank}."
        yield Insight(rule=f"{course.key}-first", text=text, tone=Tone.NEUTRAL, rows=rows)
    elif abs(course.change) >= LEAST_SCORE_MOVE or course.start_rank != course.end_rank:
        verb, tone = ("rose", Tone.GOOD) if course.change > 0 else ("fell", Tone.BAD)
        by = f" by {abs(course.change)}" if course.change else ""
        ranks = f"{rank} {course.end_rank}"
        if course.start_rank != course.end_rank:
            ranks += f", before {course.start_rank}"
        text = f"The {course.label.lower()} {verb}{by} to {course.end} ({ranks}){_because(course)}."
        yield Insight(rule=f"{course.key}-moved", text=text, tone=tone, rows=rows)


def _because(course: ScoreCourse) -> str:
    """The two factors that moved it most in its own direction."""
    same = [one for one in course.moved if (one.change > 0) == ((course.change or 0) > 0)][:2]
    return f", most by {' and '.join(f'{one.label} ({one.change:+.2f})' for one in same)}" if same else ""


# --- What it and others did -------------------------------------------------------------------------
def _signals(known: Known, period: Period) -> Iterator[Insight]:
    now, before = signals_in(known.signals, period), signals_in(known.signals, period.before)
    if not now and not before:
        return
    if now:
        kind, count = Counter(one.kind for one in now).most_common(1)[0]
        most = f", most of them {kind} ({count})" if len(now) > 1 else f", {kind}"
    else:
        most = ""
    came = _number(len(now), "signal") if now else "No signal"
    text = f"{came} came in the {period.kind.noun}{most}; {len(before)} in the one before."
    tone = Tone.GOOD if len(now) > len(before) else Tone.NEUTRAL
    yield Insight(rule="signals", text=text, tone=tone, rows=refs_of([*now, *before]))


def _buying(known: Known, period: Period) -> Iterator[Insight]:
    found = sorted(signals_in(known.buying, period), key=lambda one: one.confidence or Decimal(), reverse=True)
    if found:
        best = found[0]
        count = _number(len(found), "reason")
        text = f"{count} to call {_were(len(found))} found; the surest is “{best.title}” of {period.day_of(best.at)}."
        yield Insight(rule="buying-signals", text=text, tone=Tone.GOOD, rows=refs_of(found))


def _contacts(known: Known, period: Period) -> Iterator[Insight]:
    found = [one for one in known.contacts if period.starts_at <= one.at < period.ends_at]
    if found:
        valid = sum(one.has_valid_email for one in found)
        text = f"{_number(len(found), 'contact')} {_were(len(found))} found, {valid} with an address that takes mail."
        yield Insight(rule="contacts-found", text=text, tone=Tone.GOOD, rows=refs_of(found))


def _payment(known: Known, period: Period) -> Iterator[Insight]:
    now, before = figure_at(known, "payment", period.end), figure_at(known, "payment", period.before.end)
    if now and before and now.value != before.value:
        verb, tone = ("rose", Tone.GOOD) if now.value > before.value else ("fell", Tone.BAD)
        text = f"The payment score {verb} from {before.value:.0f} to {now.value:.0f}."
        yield Insight(rule="payment-moved", text=text, tone=tone, rows=[before.ref, now.ref])


_RULES: tuple[Rule, ...] = (
    _stacked,
    _new_creditors,
    _scores,
    _payment,
    _buying,
    _signals,
    _terminations,
    _lapsed,
    _contacts,
    _filings,
    _lapses,
)


# --- Words ------------------------------------------------------------------------------------------
def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _listed(refs: Iterator[RowRef] | Sequence[RowRef]) -> str:
    labels = [ref.label for ref in refs]
    more = f" and {len(labels) - _MOST_NAMES} more" if len(labels) > _MOST_NAMES else ""
    return ", ".join(labels[:_MOST_NAMES]) + more
