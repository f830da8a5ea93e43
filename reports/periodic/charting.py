"""The charts of a report as data: the course of the scores, signals of each week, filings of each month. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from .content import Chart, Series
from .known import Known, KnownScore, KnownSignal
from .periods import Period, month_end, months_up_to, weeks_up_to

WEEKS = 13
MONTHS = 12


def charts_of(known: Known, period: Period) -> list[Chart]:
    """Only charts that show something."""
    charts = (
        _scores(known, period),
        _signals("signals", "Signals of each week", known.signals, period),
        _signals("buying-signals", "Buying signals of each week", known.buying, period),
        _filings(known, period),
    )
    return [chart for chart in charts if any(value for series in chart.series for value in series.values)]


def _scores(known: Known, period: Period) -> Chart:
    """What held at the end of each week, and at the end of the period."""
    ends = [min(week + timedelta(days=6), period.end) for week in weeks_up_to(period.end, WEEKS)]
    return Chart(
        key="scores",
        kind="line",
        title="Course of the scores",
        unit="points",
        x=[day.isoformat() for day in ends],
        series=[
            Series(label="Lead", values=[_held(known.lead, day, period) for day in ends]),
            Series(label="Health", values=[_held(known.health, day, period) for day in ends]),
        ],
    )


def _held(scores: Sequence[KnownScore], day: date, period: Period) -> float | None:
    """The score that held at the end of the day: scores come the oldest first."""
    held = next((one for one in reversed(scores) if period.day_of(one.at) <= day), None)
    return float(held.score) if held and held.score is not None else None


def _signals(key: str, title: str, signals: Sequence[KnownSignal], period: Period) -> Chart:
    weeks = weeks_up_to(period.end, WEEKS)
    return Chart(
        key=key,
        kind="bars",
        title=title,
        unit="signals",
        x=[week.isoformat() for week in weeks],
        series=[Series(label="Signals", values=_per_week(signals, weeks, period))],
    )


def _per_week(signals: Sequence[KnownSignal], weeks: Sequence[date], period: Period) -> list[float | None]:
    days = [period.day_of(one.at) for one in signals]
    return [float(sum(week <= day < week + timedelta(weeks=1) and day <= period.end for day in days)) for week in weeks]


def _filings(known: Known, period: Period) -> Chart:
    months = months_up_to(period.end, MONTHS)
    days = [one.filed_on for one in known.filings if one.filed_on and one.filed_on <= period.end]
    return Chart(
        key="filings",
        kind="bars",
        title="Filings of each month",
        unit="filings",
        x=[month.isoformat()[:7] for month in months],
        series=[
            Series(
                label="Filings",
                values=[float(sum(month <= day <= month_end(month) for day in days)) for month in months],
            )
        ],
    )
