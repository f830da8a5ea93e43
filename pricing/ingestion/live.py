"""Values as a source tells them, vintage by vintage."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from prospects.models.base import Origin
from providers.index_values import IndexValue

from ..calculation.numbers import text
from ..models import Observation
from .rows import ValueRow
from .storing import SeriesNote, lock_knowledge, stage, store_staged

Key = tuple[date, str]


@dataclass(frozen=True, kw_only=True)
class Fetched:
    read: int
    inserted: int
    updated: int


def store_live(
    *, tenant_id: str, code: str, values: Iterable[IndexValue], source: str, note: SeriesNote | None = None
) -> Fetched:
    """All values in one transaction; several of one date and version, oldest first, become its revisions.

    A vintage that is not younger than the newest one known changes nothing. Read the source before: it is
    not asked inside transactions.
    """
    told = list(values)
    with transaction.atomic():
        lock_knowledge(tenant_id)
        inserted = updated = 0
        for vintages in _passes(told, _published(tenant_id, code)):
            staged = stage(_row(code, source, number, one) for number, one in enumerate(vintages, 1))
            stored = store_staged(
                staged=staged, tenant_id=tenant_id, origin=Origin.LIVE, notes={code: note or SeriesNote()}
            )
            inserted, updated = inserted + stored.inserted, updated + stored.updated
    return Fetched(read=len(told), inserted=inserted, updated=updated)


def _published(tenant_id: str, code: str) -> dict[Key, datetime]:
    """When the newest revision of each date and version was published."""
    rows = Observation.objects.filter(tenant_id=tenant_id, series__code=code)
    found = rows.order_by().values_list("as_of_date", "version_tag").annotate(newest=Max("published_at"))
    return {(day, tag): newest for day, tag, newest in found}


def _passes(values: Iterable[IndexValue], known: dict[Key, datetime]) -> list[list[IndexValue]]:
    """The first new vintage of every date, then the second, and so on: a date comes once in each."""
    passes: list[list[IndexValue]] = []
    count: dict[Key, int] = defaultdict(int)
    for one in values:
        key = (one.date, one.version)
        if one.published_at and key in known and one.published_at <= known[key]:
            continue
        if count[key] == len(passes):
            passes.append([])
        passes[count[key]].append(one)
        count[key] += 1
    return passes


def _row(code: str, source: str, number: int, one: IndexValue) -> ValueRow:
    return ValueRow(
        line=number,
        series=code,
        day=one.date.isoformat(),
        version=one.version,
        value=text(one.value),
        published_at=one.published_at.isoformat() if one.published_at else "",
        source=source,
    )
