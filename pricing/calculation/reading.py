"""Reading one number off a series: versions chosen, missing days dealt with, averaged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .errors import CannotPrice
from .numbers import Rounding, text
from .observations import Frequency, Lookup, Observation, chosen
from .periods import Span, slots, window
from .steps import Step, Trail
from .terms import Common, Exchange, Indexed, Reading, Window

#: More values than this are written as their sum; the inputs name each one.
MOST_WRITTEN = 40


@dataclass(frozen=True, kw_only=True)
class Pricing:
    """at: the pricing date, which windows count from. lookup: what is known."""

    at: date
    lookup: Lookup


@dataclass(frozen=True, kw_only=True)
class _Found:
    """observations: by date, one for each day that counts; carried: those that stand for a later day."""

    observations: tuple[Observation, ...]
    carried: tuple[Observation, ...] = ()
    until: date
    incomplete: bool = False

    @property
    def used(self) -> tuple[Observation, ...]:
        return (*self.observations, *self.carried)


class Reader:
    """Reads the values of one contract's terms at one pricing; remembers whether any is provisional."""

    def __init__(self, terms: Common, pricing: Pricing, trail: Trail) -> None:
        self.terms = terms
        self.pricing = pricing
        self.trail = trail
        self.provisional = False

    def index(self, which: str, of: Indexed, *, subject: str) -> Step:
        """Add the step that yields the base or current value of an index. Raises CannotPrice."""
        reading = of.base if which == "base" else of.current
        if reading.value is not None:
            return self._given(which, reading.value, subject)
        found = self._find(reading, of.series, of.frequency, of.missing)
        if of.volume_series is not None:
            return self._average(which, found, self._volumes(of.volume_series, found.used), subject)
        return self._made(which, found, subject)

    def rate(self, which: str, of: Exchange, *, missing: str, subject: str) -> Step:
        """The same for an exchange rate."""
        reading = of.base if which == "base" else of.current
        which = f"{which} rate"
        if reading.value is not None:
            return self._given(which, reading.value, subject)
        return self._made(which, self._find(reading, of.series, of.frequency, missing), subject)

    # --- Which observations ---------------------------------------------------------------------------
    def _find(self, reading: Reading, code: str, frequency: Frequency | None, missing: str) -> _Found:
        if not self.pricing.lookup.knows(code):
            raise CannotPrice("no_series", f"There is no series {code}; load its values first.")
        if reading.window and reading.window.unit == "observation":
            found = self._last_values(code, reading.window)
        else:
            found = self._in_span(code, self._span(reading), frequency, missing)
        self.provisional |= found.incomplete or self._has_provisional(found.used)
        return found

    def _in_span(self, code: str, span: Span, frequency: Frequency | None, missing: str) -> _Found:
        lookup, versions = self.pricing.lookup, self.terms.versions
        there = chosen(lookup.between(code, *span, versions), versions)
        gaps = _gaps(frequency, span, [one.date for one in there])
        last = lookup.last_date(code, versions) if gaps else None
        unpublished = [gap for gap in gaps if last is None or last < gap[0]]
        absent = [gap for gap in gaps if gap not in unpublished]
        if absent and missing == "fail":
            raise CannotPrice("missing", f"{code} has no value for {_days(absent[0])}; load it, or skip or carry.")
        carried = [self._before(code, gap[1]) for gap in absent] if missing == "carry" else []
        if unpublished:
            self._check_provisional(code, unpublished[0])
            if not there and not carried:
                carried = [self._before(code, unpublished[0][0])]
        if not there and not carried:
            raise CannotPrice("no_values", f"{code} has no value for {_days(span)}; load it, or let gaps carry.")
        return _Found(observations=tuple(there), carried=tuple(carried), until=span[1], incomplete=bool(unpublished))

    def _span(self, reading: Reading) -> Span:
        if reading.on:
            return reading.on, reading.on
        if reading.between:
            return reading.between.start, reading.between.end
        if reading.window is None:
            raise AssertionError("a reading has exactly one origin")
        try:
            return window(reading.window.unit, reading.window.count, reading.window.lag, at=self.pricing.at)
        except (OverflowError, ValueError):
            raise CannotPrice("out_of_range", "The window reaches before the calendar; shorten it.") from None

    def _before(self, code: str, until: date) -> Observation:
        found = chosen(self.pricing.lookup.latest(code, until, 1, self.terms.versions), self.terms.versions)
        if not found:
            raise CannotPrice("no_values", f"{code} has no value on or before {until}; load earlier ones.")
        return found[0]

    def _check_provisional(self, code: str, gap: Span) -> None:
        if self.terms.unpublished == "fail":
            raise CannotPrice(
                "unpublished",
                f"{code} is not published yet for {_days(gap)}; wait for it, or let the terms allow "
                "provisional prices.",
            )

    def _last_values(self, code: str, asked: Window) -> _Found:
        until, versions = self.pricing.at, self.terms.versions
        found = chosen(self.pricing.lookup.latest(code, until, asked.count + asked.lag, versions), versions)
        if len(found) < asked.count + asked.lag:
            raise CannotPrice(
                "no_values",
                f"{code} has {len(found)} values until {until}, and {asked.count + asked.lag} are needed.",
            )
        return _Found(observations=tuple(found[: asked.count]), until=until)

    # --- What they make -------------------------------------------------------------------------------
    def _given(self, which: str, value: Decimal, subject: str) -> Step:
        return self.trail.add(
            f"{which} value",
            value,
            subject=subject,
            detail="Given by the contract.",
            expression=text(value),
            inputs=({"contract": which, "value": text(value)},),
        )

    def _made(self, which: str, found: _Found, subject: str) -> Step:
        if len(found.used) == 1:
            return self._single(which, found.used[0], found, subject)
        return self._average(which, found, None, subject)

    def _single(self, which: str, one: Observation, found: _Found, subject: str) -> Step:
        return self.trail.add(
            f"{which} value",
            one.value,
            subject=subject,
            detail=f"The {one.version} value of {one.series} for {one.date}." + self._remarks(found),
            expression=text(one.value),
            inputs=_references(found),
        )

    def _average(self, which: str, found: _Found, volumes: list[Observation] | None, subject: str) -> Step:
        used = found.used
        weights = [one.value for one in volumes] if volumes else [Decimal(1)] * len(used)
        total = sum(weights, Decimal(0))
        if total <= 0:
            raise CannotPrice("out_of_range", f"The volumes of {used[0].series} add up to nothing; correct them.")
        sum_of = sum((one.value * weight for one, weight in zip(used, weights, strict=True)), Decimal(0))
        how = "Mean weighted by volume" if volumes else "Mean"
        refs = _references(found)
        if volumes:
            refs = tuple(ref | {"volume": one.reference()} for ref, one in zip(refs, volumes, strict=True))
        return self.trail.add(
            f"{which} average",
            sum_of / total,
            subject=subject,
            detail=f"{how} of {len(used)} values of {used[0].series} until {found.until}." + self._remarks(found),
            expression=_mean_expression(used, weights if volumes else None, sum_of, total),
            inputs=refs,
            rounding=rounding_of(self.terms, "average"),
        )

    def _volumes(self, code: str, used: tuple[Observation, ...]) -> list[Observation]:
        days = [one.date for one in used]
        found = chosen(
            self.pricing.lookup.between(code, min(days), max(days), self.terms.versions), self.terms.versions
        )
        by_day = {one.date: one for one in found}
        for day in days:
            if day not in by_day:
                raise CannotPrice("missing", f"{code} has no volume for {day}; load it.")
            if by_day[day].value < 0:
                raise CannotPrice("out_of_range", f"{code} has a negative volume for {day}; correct it.")
        volumes = [by_day[day] for day in days]
        self.provisional |= self._has_provisional(volumes)
        return volumes

    def _has_provisional(self, used: Iterable[Observation]) -> bool:
        return any(one.version in self.terms.provisional_versions for one in used)

    def _remarks(self, found: _Found) -> str:
        remarks = ""
        if found.carried:
            remarks += f" {len(found.carried)} carried over a day without value."
        if found.incomplete:
            remarks += " Provisional: not everything is published yet."
        return remarks


def rounding_of(terms: Common, name: str) -> Rounding | None:
    rule = getattr(terms.rounding, name)
    return rule.rounding if rule else None


def _references(found: _Found) -> tuple[dict[str, Any], ...]:
    own = [one.reference() for one in found.observations]
    return (*own, *(one.reference() | {"carried": True} for one in found.carried))


def _mean_expression(
    used: tuple[Observation, ...], weights: list[Decimal] | None, sum_of: Decimal, total: Decimal
) -> str:
    if len(used) > MOST_WRITTEN:
        return f"{text(sum_of)} / {text(total)}"
    if weights is None:
        return f"({' + '.join(text(one.value) for one in used)}) / {len(used)}"
    terms = (f"{text(one.value)} × {text(weight)}" for one, weight in zip(used, weights, strict=True))
    return f"({' + '.join(terms)}) / {text(total)}"


def _gaps(frequency: Frequency | None, span: Span, days: Sequence[date]) -> list[Span]:
    """Where in the span a value is expected and none is there; the whole span where it has none at all."""
    expected = list(slots(frequency or Frequency.IRREGULAR, span))
    if not days:
        return expected or [span]
    return [slot for slot in expected if not any(slot[0] <= day <= slot[1] for day in days)]


def _days(span: Span) -> str:
    return span[0].isoformat() if span[0] == span[1] else f"{span[0]} to {span[1]}"
