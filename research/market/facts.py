"""The numbered facts of a share that an analysis is written from: each a sentence with where it comes from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from ..models import DailyPrice, ReportedFigure, Security, Stock
from .reading import fundamentals_of
from .sentences import MOST_YEARS, Place, Sentence, sentences_of

#: What counts least comes first: a number computed from several rows is labelled by the least of them.
_ORIGINS = ("sample", "given", "file", "live")
#: Sources that one reference names.
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class _Row:
    origin: str
    reference: str


def facts_of(security: Security, stock: Stock) -> list[dict[str, Any]]:
    """Of a ranked share, the most general first: {id, topic, text, value, unit, origin, reference}.

    id: F1, F2 … value: the number of the text with its sign, which the words may stand for (`fell by 3.1 %`, -3.1);
    None where the text has none. origin: sample, file or live. reference: filings with their accession and period,
    and days of prices. topic: one of research.analyses.evidence.Topic, gap for a factor that is not known.
    Reads only.
    """
    fundamentals = fundamentals_of([security], years=MOST_YEARS)[security.pk]
    name = f"{security.name} ({security.symbol})"
    told = [_introduction(security, name)]
    told += sentences_of(name, security.currency, fundamentals, _place(stock))
    rows = _rows(key for one in told for key in one.keys)
    return [_fact(number, one, rows, security) for number, one in enumerate(told, 1)]


def _introduction(security: Security, name: str) -> Sentence:
    text = f"{name} belongs to {security.sub_sector} in the sector {security.sector}."
    if security.source == "sample":
        text = f"{text} It is a made-up company of the bundled sample."
    return Sentence(topic="company", text=text)


def _place(stock: Stock) -> Place:
    peers = list(stock.sub_sector.stocks.all())
    return Place(
        group=stock.sub_sector.name,
        rank=stock.rank,
        of=len(peers),
        composite=stock.composite,
        coverage=stock.coverage,
        factors=stock.factors,
        medians=_medians(peers),
    )


def _medians(peers: Iterable[Stock]) -> dict[str, Decimal]:
    values: dict[str, list[Decimal]] = {}
    for peer in peers:
        for name, factor in peer.factors.items():
            if factor.get("value") is not None:
                values.setdefault(name, []).append(Decimal(factor["value"]))
    return {name: median(known) for name, known in values.items()}


def _rows(keys: Iterable[str]) -> dict[str, _Row]:
    """Where each key comes from; a row that is gone meanwhile is left out."""
    ids: dict[str, set[int]] = {"figure": set(), "price": set()}
    for key in keys:
        kind, _, number = key.partition(":")
        ids[kind].add(int(number))
    figures = ReportedFigure.objects.filter(pk__in=ids["figure"])
    prices = DailyPrice.objects.filter(pk__in=ids["price"])
    found = {f"figure:{row.pk}": _Row(row.source, _filing(row)) for row in figures}
    return found | {f"price:{row.pk}": _Row(row.source, f"price of {row.date}") for row in prices}


def _filing(row: ReportedFigure) -> str:
    form = f"{row.form} " if row.form else ""
    period = f"year to {row.end}" if row.start else str(row.end)
    return f"{form}{row.accession}, {period}"


def _fact(number: int, one: Sentence, rows: Mapping[str, _Row], security: Security) -> dict[str, Any]:
    used = [rows[key] for key in one.keys if key in rows]
    origins = {row.origin for row in used} or {security.source}
    return {
        "id": f"F{number}",
        "topic": one.topic,
        "text": one.text,
        "value": one.value,
        "unit": one.unit,
        "origin": min(origins, key=_ORIGINS.index),
        "reference": _reference(one.topic, used),
    }


def _reference(topic: str, used: list[_Row]) -> str:
    named = list(dict.fromkeys(row.reference for row in used))
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    if named:
        return "; ".join(named[:_MOST_NAMED]) + more
    return "securities" if topic == "company" else "ranking of the sub-sector"
