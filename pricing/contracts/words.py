"""Terms as a person would say them: the formula with its numbers, and each rule as a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..calculation.numbers import Rounding, plain, text
from ..calculation.terms import Bounds, Collar, Common, DeadBand, DifferenceTerms, Indexed, IndexTerms, Reading, Rule

_ROUNDINGS = ("average", "exchange", "ratio", "factor", "difference", "price", "amount")
_MISSING = {
    "skip": "Days without a value are left out.",
    "carry": "A day without a value takes the one before.",
    "fail": "A day without a value stops the calculation.",
}
_FREQUENCIES = {
    "daily": "every working day",
    "calendar-daily": "every day",
    "weekly": "every week",
    "monthly": "every month",
    "quarterly": "every quarter",
    "yearly": "every year",
}


@dataclass(frozen=True, kw_only=True)
class SaidComponent:
    """One index. share: its weight, empty in a difference. series: codes, the index first."""

    name: str
    series: list[str]
    share: str
    base: str
    current: str
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class Said:
    """formula: the price in one line. rules: (what it is about, sentence), in the order of the calculation."""

    formula: str
    components: list[SaidComponent]
    rules: list[tuple[str, str]]


def in_words(terms: IndexTerms | DifferenceTerms) -> Said:
    if isinstance(terms, IndexTerms):
        components = [_component(one, one.name, text(one.weight)) for one in terms.components]
        formula = _index_formula(terms)
    else:
        components = [_component(terms.component, terms.component.series, "")]
        formula = f"amount = quantity × {_percent(terms.content)} × (current - base of {terms.component.series})"
    return Said(formula=formula, components=components, rules=list(_rules(terms)))


def _index_formula(terms: IndexTerms) -> str:
    parts = [
        f"{text(one.weight)} × {one.name}"
        + (f" ÷ {text(one.base.value)}" if one.base.value is not None and one.exchange is None else " ÷ its base")
        for one in terms.components
    ]
    fixed = [text(terms.fixed)] if terms.fixed else []
    return f"price = base price × ({' + '.join([*fixed, *parts])})"


def _component(one: Indexed, name: str, share: str) -> SaidComponent:
    notes = []
    if one.average == "volume":
        notes.append(f"Averages are weighted with {one.volume_series}.")
    if one.frequency and one.frequency.value in _FREQUENCIES:
        notes.append(f"A value is expected {_FREQUENCIES[one.frequency.value]}. {_MISSING[one.missing]}")
    elif one.missing != "skip":
        notes.append(_MISSING[one.missing])
    if one.exchange:
        verb = "multiplied" if one.exchange.operation == "multiply" else "divided"
        notes.append(
            f"Both are {verb} by {one.exchange.series}: the base by {reading(one.exchange.base)}, "
            f"the current value by {reading(one.exchange.current)}."
        )
    series = [one.series, *([one.volume_series] if one.volume_series else [])]
    return SaidComponent(
        name=name,
        series=[*series, *([one.exchange.series] if one.exchange else [])],
        share=share,
        base=reading(one.base),
        current=reading(one.current),
        notes=notes,
    )


def reading(one: Reading) -> str:
    """Where a number comes from, such as `the mean of 3 months that end 1 before the pricing date's`."""
    if one.value is not None:
        return text(one.value)
    if one.on:
        return f"the value of {one.on}"
    if one.between:
        return f"the mean of {one.between.start} to {one.between.end}"
    window = one.window
    if window is None:
        raise AssertionError("a reading has exactly one origin")
    if window.unit == "observation":
        what = (
            "the last published value" if window.count == 1 else f"the mean of the last {window.count} published values"
        )
        lag = f", the newest {window.lag} left out" if window.lag else ""
        return f"{what} until the pricing date{lag}"
    unit = window.unit
    if window.count == 1:
        what = f"the {'value of the day' if unit == 'day' else f'mean of the {unit}'}"
        return f"{what} {_before(window.lag, unit)}"
    return f"the mean of {window.count} {unit}s, the last of them {_before(window.lag, unit)}"


def _before(lag: int, unit: str) -> str:
    if not lag:
        return "of the pricing date"
    if lag == 1:
        return "before that of the pricing date"
    return f"{lag} {unit}{'s' if lag > 1 else ''} before that of the pricing date"


def _rules(terms: Common) -> Iterator[tuple[str, str]]:
    yield "Versions", f"{' before '.join(terms.versions)}; other versions do not count."
    yield (
        "Unpublished",
        (
            "The price is provisional as long as a value is not published: what is there counts."
            if terms.unpublished == "provisional"
            else "As long as a value is not published, there is no price."
        ),
    )
    if terms.dead_band:
        yield "Dead band", dead_band(terms.dead_band)
    if terms.collar:
        yield from _collar(terms.collar)
    yield "Rounding", _roundings(terms)


def dead_band(band: DeadBand) -> str:
    least = "at least" if band.applies == "from" else "more than"
    counts = "what exceeds the band counts" if band.mode == "excess" else "the whole change counts"
    return f"A change counts only where it is {least} {_percent(band.percent)}; then {counts}."


def _collar(collar: Collar) -> Iterator[tuple[str, str]]:
    if collar.period:
        yield "Per period", _bounds(collar.period, "the price of the period before")
    if collar.cumulative:
        yield "In all", _bounds(collar.cumulative, "the base")


def _bounds(bounds: Bounds, of: str) -> str:
    said = []
    if bounds.cap is not None:
        said.append(f"rises by {_percent(bounds.cap)} at most")
    if bounds.floor is not None:
        said.append(f"falls by {_percent(bounds.floor)} at most")
    return f"Against {of} it {' and '.join(said)}."


def _roundings(terms: Common) -> str:
    said = []
    for name in _ROUNDINGS:
        rule: Rule | None = getattr(terms.rounding, name)
        if rule:
            said.append(f"{name} {_rounding(rule.rounding)}")
    kept = [name for name in ("average", "ratio") if getattr(terms.rounding, name) is None]
    rest = f"; all digits of {' and '.join(kept)}" if kept else ""
    return f"{', '.join(said)}{rest}."


def _rounding(rule: Rounding) -> str:
    mode = {"HALF_UP": "half up", "HALF_EVEN": "half to even"}.get(rule.mode, str(rule.mode).lower().replace("_", " "))
    return f"{rule.places} places {mode}"


def _percent(value: Decimal) -> str:
    return f"{text(plain(value))} %"
