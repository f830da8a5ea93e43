"""The numbers of a report, each beside that of the period before. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from prospects.scoring.secured_parties import LABELS, SecuredClass

from .content import Metric, Moved, Part, RowRef, ScoreCourse
from .known import Known, KnownFigure, KnownLien, KnownScore, KnownSignal
from .periods import Period

#: Rows that one metric or insight names; their number is told in any case.
MOST_ROWS = 25
#: How far ahead lapses are looked for.
LAPSE_DAYS = 180
#: Changes of a factor below this are rounding, not news.
LEAST_MOVE = Decimal("0.05")


def metrics_of(known: Known, period: Period) -> list[Metric]:
    return [measure(known, period) for measure in _MEASURES]


def filings_in(known: Known, period: Period) -> list[Any]:
    return [one for one in known.filings if one.filed_on and period.start <= one.filed_on <= period.end]


def signals_in(signals: Sequence[KnownSignal], period: Period) -> list[KnownSignal]:
    return [one for one in signals if period.starts_at <= one.at < period.ends_at]


def active_on(known: Known, day: date) -> list[KnownLien]:
    return [lien for lien in known.liens if lien.is_active_on(day)]


def lapsing_after(known: Known, day: date) -> list[KnownLien]:
    """Liens that are active at the end of the day and lapse within LAPSE_DAYS after it, the next first."""
    until = day + timedelta(days=LAPSE_DAYS)
    found = [(lien.lapses_on, lien.id, lien) for lien in active_on(known, day) if lien.lapses_on]
    return [lien for lapses_on, _, lien in sorted(found, key=lambda one: one[:2]) if lapses_on <= until]


def figure_at(known: Known, name: str, day: date) -> KnownFigure | None:
    """The newest figure of a period that was over on the day."""
    over = [one for one in known.figures if one.name == name and one.period_end <= day]
    return max(over, key=lambda one: one.period_end, default=None)


# --- Scores -----------------------------------------------------------------------------------------
def courses_of(known: Known, period: Period) -> list[ScoreCourse]:
    named = (("lead", "Lead score", known.lead), ("health", "Health score", known.health))
    return [_course(key, label, scores, period) for key, label, scores in named if scores]


def score_before(scores: Sequence[KnownScore], period: Period) -> KnownScore | None:
    """The one that held when the period began."""
    return next((one for one in reversed(scores) if one.at < period.starts_at), None)


def score_at_end(scores: Sequence[KnownScore], period: Period) -> KnownScore | None:
    return next((one for one in reversed(scores) if one.at < period.ends_at), None)


def _course(key: str, label: str, scores: Sequence[KnownScore], period: Period) -> ScoreCourse:
    start, end = score_before(scores, period), score_at_end(scores, period)
    return ScoreCourse(
        key=key,
        label=label,
        start=start.score if start else None,
        start_rank=start.rank if start else "",
        start_at=start.at if start else None,
        end=end.score if end else None,
        end_rank=end.rank if end else "",
        end_at=end.at if end else None,
        moved=_moved(start, end),
    )


def _moved(start: KnownScore | None, end: KnownScore | None) -> list[Moved]:
    """Factors by how much they moved, most first. None moved where there is no score to compare with."""
    if start is None or end is None or start.ref == end.ref:
        return []
    moved = []
    for name in sorted(start.factors.keys() | end.factors.keys()):
        was, now = start.factors.get(name), end.factors.get(name)
        change = (now.contribution if now else Decimal()) - (was.contribution if was else Decimal())
        if abs(change) >= LEAST_MOVE:
            either = now or was
            moved.append(
                Moved(
                    name=name,
                    label=either.label if either else name,
                    start=was.contribution if was else None,
                    end=now.contribution if now else None,
                    change=change,
                )
            )
    return sorted(moved, key=lambda one: (-abs(one.change), one.name))


# --- Metrics ----------------------------------------------------------------------------------------
def _filings(known: Known, period: Period) -> Metric:
    now, before = filings_in(known, period), filings_in(known, period.before)
    return _counted("new-filings", "New filings", "filings", now, before, of=lambda one: one.action)


def _active(known: Known, period: Period) -> Metric:
    now, before = active_on(known, period.end), active_on(known, period.before.end)
    return _counted("active-liens", "Active liens", "liens", now, before, of=lambda one: LABELS[SecuredClass(one.kind)])


def _lapses(known: Known, period: Period) -> Metric:
    now, before = lapsing_after(known, period.end), lapsing_after(known, period.before.end)
    note = f"within {LAPSE_DAYS} days after the period"
    return _counted("lapses-to-come", "Lapses to come", "liens", now, before, note=note)


def _signals(known: Known, period: Period) -> Metric:
    now, before = signals_in(known.signals, period), signals_in(known.signals, period.before)
    return _counted("signals", "Signals", "signals", now, before, of=lambda one: one.kind)


def _buying(known: Known, period: Period) -> Metric:
    now, before = signals_in(known.buying, period), signals_in(known.buying, period.before)
    return _counted("buying-signals", "Buying signals", "signals", now, before, of=lambda one: one.kind)


def _lead(known: Known, period: Period) -> Metric:
    return _scored("lead-score", "Lead score", known.lead, period)


def _health(known: Known, period: Period) -> Metric:
    return _scored("health-score", "Health score", known.health, period)


def _contacts(known: Known, period: Period) -> Metric:
    now = [one for one in known.contacts if period.starts_at <= one.at < period.ends_at]
    last = period.before
    before = [one for one in known.contacts if last.starts_at <= one.at < last.ends_at]
    valid = sum(one.has_valid_email for one in now)
    return _counted(
        "contacts-found",
        "Contacts found",
        "contacts",
        now,
        before,
        note=f"{valid} with an address that takes mail" if now else "",
    )


def _payment(known: Known, period: Period) -> Metric:
    return _figured("payment-score", "Payment score", "points", known, "payment", period)


def _revenue(known: Known, period: Period) -> Metric:
    return _figured("revenue", "Revenue of twelve months", "", known, "revenue", period)


_MEASURES: tuple[Callable[[Known, Period], Metric], ...] = (
    _filings,
    _active,
    _lapses,
    _signals,
    _buying,
    _lead,
    _health,
    _contacts,
    _payment,
    _revenue,
)


def _counted(
    key: str,
    label: str,
    unit: str,
    now: Sequence[Any],
    before: Sequence[Any],
    *,
    of: Callable[[Any], str] | None = None,
    note: str = "",
) -> Metric:
    return Metric(
        key=key,
        label=label,
        unit=unit,
        value=Decimal(len(now)),
        before=Decimal(len(before)),
        note=note,
        parts=_parts(now, before, of) if of else (),
        rows=refs_of(now),
        row_count=len(now),
    )


def refs_of(found: Iterable[Any]) -> list[RowRef]:
    """At most MOST_ROWS."""
    return [one.ref for one in found][:MOST_ROWS]


def _parts(now: Sequence[Any], before: Sequence[Any], of: Callable[[Any], str]) -> list[Part]:
    counts, earlier = Counter(map(of, now)), Counter(map(of, before))
    kinds = sorted(counts.keys() | earlier.keys(), key=lambda kind: (-counts[kind], kind))
    return [Part(label=kind, value=Decimal(counts[kind]), before=Decimal(earlier[kind])) for kind in kinds]


def _scored(key: str, label: str, scores: Sequence[KnownScore], period: Period) -> Metric:
    before, now = score_before(scores, period), score_at_end(scores, period)
    rows = [one.ref for one in (now, before) if one]
    return Metric(
        key=key,
        label=label,
        unit="points",
        value=now.score if now else None,
        before=before.score if before else None,
        note=f"{'tier' if key == 'lead-score' else 'grade'} {now.rank}" if now and now.rank else "",
        rows=list(dict.fromkeys(rows)),
        row_count=len(set(rows)),
    )


def _figured(key: str, label: str, unit: str, known: Known, name: str, period: Period) -> Metric:
    now, before = figure_at(known, name, period.end), figure_at(known, name, period.before.end)
    if now and before and now.currency != before.currency:
        before = None  # No difference of two currencies.
    rows = list(dict.fromkeys(one.ref for one in (now, before) if one))
    return Metric(
        key=key,
        label=label,
        unit=now.currency if now and now.currency else unit,
        value=now.value if now else None,
        before=before.value if before else None,
        note=f"of {now.period_end}" if now else "",
        rows=rows,
        row_count=len(rows),
    )
