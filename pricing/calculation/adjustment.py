"""Dead bands and collars: how a change is ignored, lessened or bounded."""

from decimal import Decimal

from .numbers import HUNDRED, text
from .steps import Step, Trail, result_of
from .terms import Bounds, DeadBand


def add_dead_band(value: Step, band: DeadBand, *, base: Decimal, around: Decimal, trail: Trail) -> Step:
    """base: what the percentage is of. around: what `value` is where nothing has changed."""
    change = value.rounded - around
    width = base * band.percent / HUNDRED
    beyond = abs(change) >= width if band.applies == "from" else abs(change) > width
    if not beyond:
        result, how = around, "The change is within the band and counts as none"
        expression = text(around)
    elif band.mode == "full":
        result, how = value.rounded, "The change is beyond the band and counts in full"
        expression = text(value.rounded)
    else:
        result = value.rounded - width if change > 0 else value.rounded + width
        how = "What exceeds the band counts"
        expression = f"{text(value.rounded)} {'-' if change > 0 else '+'} {text(width)}"
    return trail.add(
        "dead band",
        result,
        detail=f"{how}: {text(band.percent)} % of {text(base)} is {text(width)}, the change {text(change)}.",
        expression=expression,
        inputs=(result_of(value), {"contract": "dead band", "value": text(band.percent), "mode": band.mode}),
    )


def add_collar(rule: str, value: Step, bounds: Bounds, *, base: Decimal, around: Decimal, trail: Trail) -> Step:
    """Bounds of `value`, `around` plus and minus percentages of `base`."""
    most = None if bounds.cap is None else around + base * bounds.cap / HUNDRED
    least = None if bounds.floor is None else around - base * bounds.floor / HUNDRED
    result, how = value.rounded, "Within the bounds"
    if most is not None and result > most:
        result, how = most, "Capped"
    elif least is not None and result < least:
        result, how = least, "Raised to the floor"
    return trail.add(
        rule,
        result,
        detail=f"{how}: at least {_or_open(least)}, at most {_or_open(most)}.",
        expression=f"{text(value.rounded)} → {text(result)}" if result != value.rounded else text(result),
        inputs=(
            result_of(value),
            {"contract": "bounds", "cap": _or_open(bounds.cap), "floor": _or_open(bounds.floor)},
        ),
    )


def _or_open(value: Decimal | None) -> str:
    return "open" if value is None else text(value)
