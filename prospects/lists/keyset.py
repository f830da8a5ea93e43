"""A page of a list that is sorted by a score, the best first and the unscored last.

A cursor names the last row that was shown. Each part is one range of one index, so page ten thousand costs
what page one does: `score NULLS LAST` in one condition would read everything before it again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db import models
from django.db.models import F, Q, QuerySet

#: Rows that are counted at most; "1,000+" says no less to who reads it.
MOST_COUNTED = 1000

_CURSOR = re.compile(r"(?:(\d{1,3}(?:\.\d{1,2})?)|none)-(\d{1,18})\Z")

Row = TypeVar("Row", bound=models.Model)


class BadCursor(ValueError):
    """The cursor is none that a page has given out."""


@dataclass(frozen=True, kw_only=True)
class Cursor:
    score: Decimal | None
    id: int

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Raises BadCursor."""
        found = _CURSOR.match(text)
        if found is None:
            raise BadCursor("is no cursor of this list; leave it out to begin with the first page")
        score, row_id = found.groups()
        return cls(score=None if score is None else Decimal(score), id=int(row_id))

    def __str__(self) -> str:
        return f"{'none' if self.score is None else self.score}-{self.id}"


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    #: Where the next page begins; None after the last.
    next: Cursor | None


def best_first(found: QuerySet[Row], *, by: str, after: Cursor | None, size: int) -> Page[Row]:
    """One page of `found`, by the column `by` downwards; rows without one follow, the newest first."""
    rows: list[Row] = []
    if after is None or after.score is not None:
        rows = list(_scored(found, by, after)[: size + 1])
    if len(rows) <= size:
        rows += _unscored(found, by, after)[: size + 1 - len(rows)]
    shown = rows[:size]
    more = len(rows) > size
    return Page(rows=shown, next=Cursor(score=getattr(shown[-1], by), id=shown[-1].pk) if more else None)


def near(
    found: QuerySet[Any], *, by: str, after: Cursor | None, size: int, columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Columns of the next `size` rows in the same order: where rows themselves would cost too much."""
    left = size
    if after is None or after.score is not None:
        for row in _scored(found, by, after).values_list(*columns)[:size]:
            left -= 1
            yield row
    if left:
        yield from _unscored(found, by, after).values_list(*columns)[:left]


def in_order(found: QuerySet[Row], *, by: str) -> list[QuerySet[Row]]:
    """The same order without pages: the scored, then the others."""
    return [_scored(found, by, None), _unscored(found, by, None)]


def _scored(found: QuerySet[Row], by: str, after: Cursor | None) -> QuerySet[Row]:
    scored = found.filter(**{f"{by}__isnull": False})
    if after is not None and after.score is not None:
        scored = scored.filter(Q(**{f"{by}__lt": after.score}) | Q(**{by: after.score, "pk__lt": after.id}))
        # The condition above does not bound a range of the index; this does.
        scored = scored.filter(**{f"{by}__lte": after.score})
    return scored.order_by(F(by).desc(nulls_last=True), "-pk")


def _unscored(found: QuerySet[Row], by: str, after: Cursor | None) -> QuerySet[Row]:
    unscored = found.filter(**{f"{by}__isnull": True})
    if after is not None and after.score is None:
        unscored = unscored.filter(pk__lt=after.id)
    return unscored.order_by(F(by).desc(nulls_last=True), "-pk")


def counted(found: QuerySet[Any], *, most: int = MOST_COUNTED) -> tuple[int, bool]:
    """(number, whether it is exact): nobody waits for a count over a million rows."""
    number = found.order_by()[: most + 1].count()
    return min(number, most), number <= most


def count_text(found: QuerySet[Any], *, most: int = MOST_COUNTED) -> str:
    number, exact = counted(found, most=most)
    return number_text(number if exact else number + 1, most=most)


def number_text(number: int, *, most: int = MOST_COUNTED) -> str:
    return f"{number:,}" if number <= most else f"{most:,}+"
