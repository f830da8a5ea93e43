"""The newest values of many series at once, for lists."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from prospects.models.base import Origin

from ..calculation import Observation
from ..calculation.numbers import plain
from ..calculation.observations import FINAL_ELSE_PRELIMINARY, chosen
from ..models import Series

#: Observations of a series that a row of a list is made of.
LOOKED_AT = 120
#: Values of a row's little line.
POINTS = 60

_NEWEST = """
SELECT wanted.id, told.id, told.as_of_date, told.version_tag, told.revision, told.value, told.origin
FROM unnest(%(series)s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT one.id, one.as_of_date, one.version_tag, one.revision, one.value, one.origin FROM pricing_observation one
    WHERE one.series_id = wanted.id
    ORDER BY one.as_of_date DESC, one.version_tag DESC, one.revision DESC LIMIT %(count)s
) told
"""
_FIRST = """
SELECT wanted.id, (SELECT min(one.as_of_date) FROM pricing_observation one WHERE one.series_id = wanted.id)
FROM unnest(%(series)s::bigint[]) AS wanted (id)
"""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """last: the value that counts on the last date; None for a series without values.

    versions: tags of the newest values. points: the newest values that count, the oldest first. is_sample: some of
    the newest values were made up for the demonstration.
    """

    first_day: date | None
    last: Observation | None
    versions: list[str]
    points: list[Decimal]
    is_sample: bool


def overviews(series: Sequence[Series]) -> dict[int, Overview]:
    """By key of the series."""
    keys = [one.pk for one in series]
    found: dict[int, list[Observation]] = defaultdict(list)
    samples: set[int] = set()
    codes = {one.pk: one.code for one in series}
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, {"series": keys})
        first = dict(cursor.fetchall())
        cursor.execute(_NEWEST, {"series": keys, "count": LOOKED_AT})
        for key, number, day, tag, revision, value, origin in cursor.fetchall():
            if origin == Origin.SAMPLE:
                samples.add(key)
            found[key].append(Observation(number, codes[key], day, tag, revision, plain(value)))
    return {key: _overview(found[key], first.get(key), is_sample=key in samples) for key in keys}


def _overview(observations: list[Observation], first: date | None, *, is_sample: bool) -> Overview:
    tags = {one.version for one in observations}
    counting = chosen(_newest_revisions(observations), preference(tags))
    return Overview(
        first_day=first,
        last=counting[-1] if counting else None,
        versions=sorted(tags),
        points=[one.value for one in counting[-POINTS:]],
        is_sample=is_sample,
    )


def preference(tags: set[str]) -> tuple[str, ...]:
    """What counts where no contract says it: revised, final, preliminary, then any other word."""
    return (*FINAL_ELSE_PRELIMINARY, *sorted(tags - set(FINAL_ELSE_PRELIMINARY)))


def _newest_revisions(observations: list[Observation]) -> list[Observation]:
    newest: dict[tuple[date, str], Observation] = {}
    for one in observations:
        held = newest.get((one.date, one.version))
        if held is None or held.revision < one.revision:
            newest[one.date, one.version] = one
    return list(newest.values())
