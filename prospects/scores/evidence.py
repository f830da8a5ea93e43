"""What stored facts say to the scores. Names and shapes are those of prospects/facts.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..scoring.safety import POINTS, Violation


class BadFact(ValueError):
    """A stored fact has not the shape that prospects/facts.py gives it. Asking the source again may help."""


@dataclass(frozen=True, kw_only=True)
class Article:
    title: str
    url: str
    published_at: datetime


def violations_in(values: Iterable[Any]) -> list[Violation]:
    """values: of facts named `violations`; what several of them tell of one citation counts once. Raises BadFact."""
    found: dict[tuple[Any, ...], Violation] = {}
    for number, row in _numbered_rows(values, "violations"):
        kind = _text(row, "type")
        if kind not in POINTS:
            raise BadFact(f"a violation's type must be one of {', '.join(POINTS)}, but is {kind!r}")
        one = Violation(type=kind, issued_on=_date(_text(row, "issuedOn")), deleted=row.get("deleted") is True)
        named = (row.get("activity"), row.get("citation"))
        found[named if all(named) else number] = one
    return list(found.values())


def articles_in(values: Iterable[Any]) -> list[Article]:
    """values: of facts named `articles`; newest first, each address once. Raises BadFact."""
    found: dict[str, Article] = {}
    for _, row in _numbered_rows(values, "articles"):
        title = _text(row, "title")
        url = str(row.get("url") or title)
        found[url] = Article(title=title, url=url, published_at=_time(_text(row, "publishedAt")))
    return sorted(found.values(), key=lambda one: one.published_at, reverse=True)


def yearly_revenue_in(values: Iterable[Any]) -> list[tuple[date, float]]:
    """values: of facts named `revenue`. Pairs of period end and amount, in the newest's currency. Raises BadFact."""
    rows = [
        (_date(_text(row, "periodEnd")), str(row.get("currency") or ""), _amount(row.get("value")))
        for _, row in _numbered_rows(values, "revenue")
        if row.get("months") == 12
    ]
    currency = max(rows)[1] if rows else ""
    return [(end, amount) for end, its, amount in rows if its == currency]


def _numbered_rows(values: Iterable[Any], name: str) -> list[tuple[tuple[int, int], Mapping[str, Any]]]:
    rows = []
    for which, value in enumerate(values):
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            raise BadFact(f"the fact {name!r} must be a list of objects")
        rows += [((which, number), row) for number, row in enumerate(value)]
    return rows


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise BadFact(f"{name!r} must be a text, but is {value!r}")
    return value


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise BadFact(f"{text!r} is no date such as 2026-01-31") from None


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadFact(f"{text!r} is no time such as 2026-01-31T10:00:00+00:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _amount(value: Any) -> float:
    try:
        return float(Decimal(str(value)))
    except InvalidOperation:
        raise BadFact(f"{value!r} is no amount such as 1234.50") from None
