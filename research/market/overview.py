"""What is known of shares: which fiscal years, which prices, and what to bring where something lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from ..models import Security
from .concepts import FLOWS

_KNOWN = """
SELECT wanted.id, figure.first_year, figure.last_year, figure.number, figure.filed_on,
    price.first_day, price.last_day, price.number
FROM unnest(%(securities)s::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT min(extract(year FROM "end")) FILTER (WHERE tag = ANY(%(flows)s)) AS first_year,
        max(extract(year FROM "end")) FILTER (WHERE tag = ANY(%(flows)s)) AS last_year,
        count(*) AS number, max(filed_on) AS filed_on
    FROM research_reportedfigure WHERE security_id = wanted.id
) figure
CROSS JOIN LATERAL (
    SELECT min(date) AS first_day, max(date) AS last_day, count(*) AS number
    FROM research_dailyprice WHERE security_id = wanted.id
) price
"""


@dataclass(frozen=True, kw_only=True)
class KnownShare:
    """years: first and last fiscal year with a result. filed_on: of the newest filing."""

    security: Security
    years: tuple[int, int] | None
    figures: int
    filed_on: date | None
    first_price: date | None
    last_price: date | None
    prices: int

    @property
    def lacks(self) -> str:
        """What keeps it from being ranked at all, as a sentence; empty where nothing does."""
        if not self.figures and not self.prices:
            return "Neither figures nor prices are known."
        if not self.years:
            return "No figures of a fiscal year are known."
        return "" if self.prices else "No prices are known: value and momentum cannot be computed."


def known_of(securities: Sequence[Security]) -> list[KnownShare]:
    """In the order given. One statement however many shares."""
    by_id = {row[0]: row[1:] for row in _rows([one.pk for one in securities])}
    return [_known(one, *by_id[one.pk]) for one in securities]


def _known(
    security: Security,
    first_year: Any,
    last_year: Any,
    figures: int,
    filed_on: date | None,
    first_price: date | None,
    last_price: date | None,
    prices: int,
) -> KnownShare:
    return KnownShare(
        security=security,
        years=None if first_year is None else (int(first_year), int(last_year)),
        figures=figures,
        filed_on=filed_on,
        first_price=first_price,
        last_price=last_price,
        prices=prices,
    )


def _rows(securities: list[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, {"securities": securities, "flows": list(FLOWS)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
