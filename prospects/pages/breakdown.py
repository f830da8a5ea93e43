"""How a score adds up, as the bars of a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

#: Per cent of the chart's width that one end of the scale keeps free.
_MARGIN = 1.0


@dataclass(frozen=True, kw_only=True)
class Step:
    """One factor. `x` and `width` are per cent of the chart; the bar begins where the one before ended."""

    label: str
    detail: str
    value: str
    weight: str
    contribution: str
    x: str
    width: str
    falls: bool
    #: Nothing was known, so it counts for nothing.
    unknown: bool


@dataclass(frozen=True, kw_only=True)
class Breakdown:
    steps: list[Step]
    total: str
    zero: str
    #: What the factors add up to, where the score itself was held within 0 to 100.
    unbounded: str


def breakdown(factors: Any, score: Decimal | None) -> Breakdown:
    """factors: as prospects/models/scores.py:Scored says; what does not fit that is left out."""
    rows = [row for row in (factors if isinstance(factors, list) else []) if isinstance(row, dict)]
    parts = [_number(row.get("contribution")) or 0.0 for row in rows]
    ends = list(_running(parts))
    low, high = min([0.0, *ends]), max([1.0, *ends])

    def at(value: float) -> float:
        return _MARGIN + (100 - 2 * _MARGIN) * (value - low) / (high - low)

    steps = [
        _step(row, part, at(min(start, start + part)), at(max(start, start + part)))
        for row, part, start in zip(rows, parts, [0.0, *ends], strict=False)
    ]
    total = ends[-1] if ends else 0.0
    bounded = score is not None and abs(float(score) - total) > 0.05
    return Breakdown(
        steps=steps,
        total="" if score is None else f"{score:.2f}",
        zero=f"{at(0.0):.2f}",
        unbounded=f"{total:.2f}" if bounded else "",
    )


def _running(parts: Iterable[float]) -> Iterable[float]:
    total = 0.0
    for part in parts:
        total += part
        yield total


def _step(row: dict[str, Any], part: float, left: float, right: float) -> Step:
    value, weight = row.get("value"), row.get("weight")
    return Step(
        label=str(row.get("label") or row.get("name") or ""),
        detail=str(row.get("detail") or ""),
        value="—" if value is None else _text(value),
        weight="" if weight is None else _text(weight),
        contribution=f"{part:+.2f}" if part else "0",
        x=f"{left:.2f}",
        width=f"{max(right - left, 0.3):.2f}",
        falls=part < 0,
        unknown=value is None,
    )


def _text(value: Any) -> str:
    number = _number(value)
    if number is None:
        return str(value)
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(Decimal(str(value)))
    except InvalidOperation:
        return None


# --- Sparklines -------------------------------------------------------------------------------------
WIDTH, HEIGHT = 96, 22


def sparkline(values: Sequence[float]) -> str:
    """The path of a little line through values of 0 to 100, the oldest first; empty for less than two."""
    if len(values) < 2:
        return ""
    step = WIDTH / (len(values) - 1)
    points = (
        f"{number * step:.1f} {HEIGHT - 1 - (HEIGHT - 2) * value / 100:.1f}" for number, value in enumerate(values)
    )
    return "M" + "L".join(points)
