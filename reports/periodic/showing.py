"""A stored report's content as pages and printed documents show it: numbers as text, changes with their tone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

#: Numbers of which more is good news; of the others a change is only a change.
_MORE_IS_BETTER = frozenset(
    {"signals", "buying-signals", "lead-score", "health-score", "contacts-found", "payment-score", "revenue"}
)
_UNKNOWN = "–"


@dataclass(frozen=True, kw_only=True)
class ShownPart:
    label: str
    value: str
    before: str


@dataclass(frozen=True, kw_only=True)
class ShownMetric:
    """tone: good, bad or idle. change: signed, empty where it cannot be told. more: rows that are not listed."""

    label: str
    value: str
    before: str
    change: str
    unit: str
    note: str
    tone: str
    parts: Sequence[ShownPart]
    rows: Sequence[Mapping[str, str]]
    more: int


@dataclass(frozen=True, kw_only=True)
class ShownScore:
    label: str
    start: str
    end: str
    change: str
    tone: str
    moved: Sequence[Mapping[str, str]]
    #: Why no factor is listed.
    note: str


def metrics_of(content: Mapping[str, Any]) -> list[ShownMetric]:
    return [_metric(one) for one in content.get("metrics", ())]


def scores_of(content: Mapping[str, Any]) -> list[ShownScore]:
    return [_score(one) for one in content.get("scores", ())]


def number(value: str | None) -> str:
    """`1234.50` as `1,234.50`."""
    return _UNKNOWN if value is None else f"{Decimal(value):,f}"


def signed(value: str | None) -> str:
    """With its sign; empty where it is not known."""
    if value is None:
        return ""
    change = Decimal(value)
    return f"{change:+,f}" if change else "±0"


def _metric(one: Mapping[str, Any]) -> ShownMetric:
    return ShownMetric(
        label=one["label"],
        value=number(one["value"]),
        before=number(one["before"]),
        change=signed(one["change"]),
        unit=one["unit"],
        note=one["note"],
        tone=_tone(one["key"], one["change"]),
        parts=[
            ShownPart(label=part["label"], value=number(part["value"]), before=number(part["before"]))
            for part in one["parts"]
        ],
        rows=one["rows"],
        more=one["rowCount"] - len(one["rows"]),
    )


def _score(one: Mapping[str, Any]) -> ShownScore:
    return ShownScore(
        label=one["label"],
        start=_ranked(one["start"], one["startRank"]),
        end=_ranked(one["end"], one["endRank"]),
        change=signed(one["change"]),
        tone=_tone(f"{one['key']}-score", one["change"]),
        moved=[
            {
                "label": moved["label"],
                "start": number(moved["start"]),
                "end": number(moved["end"]),
                "change": signed(moved["change"]),
            }
            for moved in one["moved"]
        ],
        note="No factor moved in the period." if one["start"] is not None else "There was no score to compare with.",
    )


def _ranked(score: str | None, rank: str) -> str:
    return f"{number(score)} ({rank})" if rank else number(score)


def _tone(key: str, change: str | None) -> str:
    if change is None or not Decimal(change) or key not in _MORE_IS_BETTER:
        return "idle"
    return "good" if Decimal(change) > 0 else "bad"
