"""The five factors of a ranked share: value, percentile, and the stored numbers they were computed from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ..models import DailyPrice, ReportedFigure, Stock

#: Name, title, what it is, and whether its value is a share of one that is read in per cent.
FACTORS = (
    ("value", "Value", "Operating profit by enterprise value", True),
    ("quality", "Quality", "Return on invested capital", True),
    ("growth", "Growth", "Revenue, growth a year over three years", True),
    ("momentum", "Momentum", "Price, twelve months to one month ago", True),
    ("safety", "Safety", "Altman Z″; safe above 2.6, distress below 1.1", False),
)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """A stored number. source: sample, file or live; reference: filing or file it stands in."""

    text: str
    source: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class FactorRow:
    """percentile: 0 to 100 among the peers; weight in per cent; points: what it adds to the composite."""

    name: str
    title: str
    about: str
    value: str
    percentile: Decimal | None
    weight: Decimal
    points: Decimal
    missing: str
    origins: list[Origin]


def factor_rows(stock: Stock) -> list[FactorRow]:
    stored: Mapping[str, Any] = stock.factors if isinstance(stock.factors, dict) else {}
    named = {name: stored.get(name) or {} for name, *_ in FACTORS}
    origins = _origins(stock, {key for one in named.values() for key in one.get("facts") or ()})
    return [
        _row(name, title, about, named[name], origins, in_percent=in_percent)
        for name, title, about, in_percent in FACTORS
    ]


def _row(
    name: str, title: str, about: str, stored: Mapping[str, Any], origins: Mapping[str, Origin], *, in_percent: bool
) -> FactorRow:
    value, percentile = _decimal(stored.get("value")), _decimal(stored.get("percentile"))
    weight = _decimal(stored.get("weight")) or Decimal()
    return FactorRow(
        name=name,
        title=title,
        about=about,
        value="" if value is None else f"{value * 100:.1f} %" if in_percent else f"{value:.2f}",
        percentile=percentile,
        weight=weight * 100,
        points=weight * (percentile or 0),
        missing=str(stored.get("missing") or ""),
        origins=[origins[key] for key in stored.get("facts") or () if key in origins],
    )


def _origins(stock: Stock, keys: Iterable[str]) -> dict[str, Origin]:
    """By key, such as figure:17 or price:4; those that were removed since are left out."""
    figures, prices = _numbers(keys, "figure"), _numbers(keys, "price")
    found = {
        f"figure:{one.pk}": _figure(one)
        for one in ReportedFigure.objects.filter(tenant_id=stock.tenant_id, pk__in=figures)
    }
    for price in DailyPrice.objects.filter(tenant_id=stock.tenant_id, pk__in=prices).select_related("security"):
        found[f"price:{price.pk}"] = Origin(
            text=f"Closing price {price.date}: {_plain(price.close)} {price.security.currency}",
            source=price.source,
            reference="",
        )
    return found


def _figure(one: ReportedFigure) -> Origin:
    period = f"{one.start} to {one.end}" if one.start else str(one.end)
    return Origin(
        text=f"{one.tag}, {period}: {_plain(one.value)} {one.unit}",
        source=one.source,
        reference=" ".join(part for part in (one.form, one.accession) if part),
    )


def _numbers(keys: Iterable[str], kind: str) -> list[int]:
    parts = (key.partition(":") for key in keys)
    return [int(number) for name, _, number in parts if name == kind and number.isdecimal()]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
