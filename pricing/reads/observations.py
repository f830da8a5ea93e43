"""The observations of a series, a page of days at a time, with every revision."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from ..models import Observation, Series
from .overview import preference

DAYS = 50


@dataclass(frozen=True, kw_only=True)
class Told:
    """One revision. counts: it is what the day's value is; superseded: a later revision of its version is known."""

    row: Observation
    counts: bool
    superseded: bool


@dataclass(frozen=True, kw_only=True)
class Day:
    """told: what counts first."""

    day: date
    told: list[Told]


@dataclass(frozen=True, kw_only=True)
class DayPage:
    """The newest first. older: the day from which the next page goes back; None at the end."""

    days: list[Day]
    older: date | None


def page_of_days(series: Series, *, until: date | None = None, known: datetime | None = None) -> DayPage:
    """Days until `until` included. known: what was published later is left out."""
    found = Observation.objects.filter(series=series)
    if until:
        found = found.filter(as_of_date__lte=until)
    if known:
        found = found.filter(published_at__lte=known)
    days = list(found.order_by("-as_of_date").values_list("as_of_date", flat=True).distinct()[: DAYS + 1])
    shown = days[:DAYS]
    if not shown:
        return DayPage(days=[], older=None)
    by_day: dict[date, list[Observation]] = defaultdict(list)
    for row in found.filter(as_of_date__gte=shown[-1]).select_related("value_import"):
        by_day[row.as_of_date].append(row)
    return DayPage(
        days=[Day(day=day, told=_told(by_day[day])) for day in shown],
        older=days[DAYS] if len(days) > DAYS else None,
    )


def _told(rows: list[Observation]) -> list[Told]:
    ranks = {tag: place for place, tag in enumerate(preference({row.version_tag for row in rows}))}
    newest: dict[str, int] = {}
    for row in rows:
        newest[row.version_tag] = max(newest.get(row.version_tag, 0), row.revision)
    rows = sorted(rows, key=lambda row: (ranks[row.version_tag], -row.revision))
    return [
        Told(row=row, counts=number == 0, superseded=row.revision < newest[row.version_tag])
        for number, row in enumerate(rows)
    ]
