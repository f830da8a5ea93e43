"""Line and bar charts as SVG text: for pages and for paper, without script, with words for who cannot see them.

Kept small on purpose. Libraries that draw charts bring numpy (matplotlib), put script and style into the SVG, which
our pages' content security policy refuses (pygal), or compute in binary floats and leave titles out (leather).

Text and axes take the colour of the text around them, so that one chart serves a light page, a dark one and paper.
"""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.safestring import SafeString, mark_safe

#: Told apart by those who see few colours too; lines differ by their dashes besides.
COLOURS = ("#2563eb", "#c2410c", "#0f766e", "#7c3aed", "#a16207", "#be185d")
DASHES = ("", "6 3", "2 3", "8 3 2 3", "12 4", "1 4")
MOST_LINES = len(COLOURS)
MOST_LABELS = 8
_STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_MARGIN_LEFT, _MARGIN_RIGHT, _MARGIN_TOP, _MARGIN_BOTTOM = 64, 12, 12, 24
_LEGEND_HEIGHT = 18


@dataclass(frozen=True, kw_only=True)
class Line:
    """values: one for each label of the chart; None where there is none, which leaves a gap."""

    name: str
    values: tuple[Decimal | None, ...]


@dataclass(frozen=True, kw_only=True)
class Bar:
    label: str
    value: Decimal


class NothingToDraw(ValueError):
    """No value at all. Say so in words instead."""


def line_chart(
    *,
    title: str,
    labels: Sequence[str],
    lines: Sequence[Line],
    unit: str = "",
    description: str = "",
    width: int = 640,
    height: int = 240,
) -> SafeString:
    """labels: of the horizontal axis, evenly spaced. description: by default the first and last value of each line.

    Raises NothingToDraw without a value, ValueError for more than MOST_LINES lines or lines of another length.
    """
    if len(lines) > MOST_LINES or any(len(line.values) != len(labels) for line in lines):
        raise ValueError(f"a chart has at most {MOST_LINES} lines, each with a value or None for every label")
    known = [value for line in lines for value in line.values if value is not None]
    frame = _Frame.around(known, width=width, height=height, legend=len(lines) > 1)
    parts = [*frame.axis(), *_labels(frame, labels, frame.at_point)]
    for place, line in enumerate(lines):
        parts += _drawn(frame, line, place, len(labels))
    if len(lines) > 1:
        parts += _legend(frame, [line.name for line in lines])
    words = description or " ".join(_told(line, labels, unit) for line in lines)
    return _svg(title, words, frame, parts)


def bar_chart(
    *,
    title: str,
    bars: Sequence[Bar],
    unit: str = "",
    description: str = "",
    width: int = 640,
    height: int = 240,
) -> SafeString:
    """Upright bars from zero, each with its value above or below. description: by default every bar's value.

    Raises NothingToDraw without a bar.
    """
    values = [bar.value for bar in bars]
    frame = _Frame.around([*values, Decimal(0)] if values else [], width=width, height=height, legend=False)
    parts = [*frame.axis(), *_labels(frame, [bar.label for bar in bars], frame.at_bar)]
    breadth = frame.inner_width / len(bars) * Decimal("0.64")
    for place, bar in enumerate(bars):
        middle, top, zero = frame.at_bar(place, len(bars)), frame.y(bar.value), frame.y(Decimal(0))
        parts.append(
            f'<rect x="{_n(middle - breadth / 2)}" y="{_n(min(top, zero))}" width="{_n(breadth)}" '
            f'height="{_n(abs(top - zero))}" fill="{COLOURS[0]}"/>'
        )
        above = _n(top - 4) if bar.value >= 0 else _n(top + 12)
        parts.append(_text(middle, above, _shown(bar.value), anchor="middle"))
    words = description or ", ".join(f"{bar.label}: {_with_unit(bar.value, unit)}" for bar in bars) + "."
    return _svg(title, words, frame, parts)


# --- Where things are -------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class _Frame:
    """The plotting area, and where values come to lie in it. least, most: ends of the axis."""

    width: int
    height: int
    top: int
    least: Decimal
    most: Decimal
    step: Decimal

    @classmethod
    def around(cls, values: Sequence[Decimal], *, width: int, height: int, legend: bool) -> "_Frame":
        if not values:
            raise NothingToDraw("there is no value to draw")
        least, most, step = _axis_of(min(values), max(values))
        top = _MARGIN_TOP + (_LEGEND_HEIGHT if legend else 0)
        return cls(width=width, height=height, top=top, least=least, most=most, step=step)

    @property
    def inner_width(self) -> Decimal:
        return Decimal(self.width - _MARGIN_LEFT - _MARGIN_RIGHT)

    @property
    def inner_height(self) -> Decimal:
        return Decimal(self.height - self.top - _MARGIN_BOTTOM)

    def y(self, value: Decimal) -> Decimal:
        return self.top + self.inner_height * (self.most - value) / (self.most - self.least)

    def at_point(self, place: int, count: int) -> Decimal:
        return _MARGIN_LEFT + self.inner_width * (Decimal(place) / (count - 1) if count > 1 else Decimal("0.5"))

    def at_bar(self, place: int, count: int) -> Decimal:
        return _MARGIN_LEFT + self.inner_width * (place + Decimal("0.5")) / count

    def axis(self) -> list[str]:
        parts = []
        value = self.least
        while value <= self.most:
            y = self.y(value)
            strength = "0.6" if value == 0 else "0.18"
            parts.append(
                f'<line x1="{_MARGIN_LEFT}" y1="{_n(y)}" x2="{self.width - _MARGIN_RIGHT}" y2="{_n(y)}" '
                f'stroke="currentColor" stroke-opacity="{strength}"/>'
            )
            parts.append(_text(_MARGIN_LEFT - 6, y + Decimal("3.5"), _shown(value), anchor="end"))
            value += self.step
        return parts


def _axis_of(least: Decimal, most: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Round ends and a round step, four or five lines apart."""
    if least == most:
        least, most = (least - abs(least) / 10, most + abs(most) / 10) if least else (Decimal(0), Decimal(1))
    raw = (most - least) / 4
    unit = Decimal(1).scaleb(raw.adjusted())
    step = next(one * unit for one in _STEPS if one * unit >= raw)
    bottom = (least / step).to_integral_value(ROUND_FLOOR) * step
    top = (most / step).to_integral_value(ROUND_CEILING) * step
    return bottom, top, step


# --- Parts of the picture ---------------------------------------------------------------------------
def _drawn(frame: _Frame, line: Line, place: int, count: int) -> list[str]:
    """A path for each stretch without a gap; a stretch of one value is a dot."""
    parts, stretch = [], list[tuple[Decimal, Decimal]]()
    colour, dash = COLOURS[place], DASHES[place]
    for index, value in enumerate((*line.values, None)):
        if value is not None:
            stretch.append((frame.at_point(index, count), frame.y(value)))
            continue
        if len(stretch) == 1:
            parts.append(f'<circle cx="{_n(stretch[0][0])}" cy="{_n(stretch[0][1])}" r="2.5" fill="{colour}"/>')
        elif stretch:
            path = "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in stretch)
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dashes}/>')
        stretch = []
    return parts


def _labels(frame: _Frame, labels: Sequence[str], at: Callable[[int, int], Decimal]) -> list[str]:
    """At most MOST_LABELS of them, evenly picked, the first and the last within the picture."""
    if not labels:
        return []
    every = -(-len(labels) // MOST_LABELS)
    parts = []
    for index in range(0, len(labels), every):
        x = at(index, len(labels))
        ends = "start" if x < _MARGIN_LEFT + 8 else "end" if x > frame.width - _MARGIN_RIGHT - 8 else "middle"
        parts.append(_text(x, frame.height - 7, labels[index], anchor=ends))
    return parts


def _legend(frame: _Frame, names: Sequence[str]) -> list[str]:
    parts, x = [], _MARGIN_LEFT
    for place, name in enumerate(names):
        dashes = f' stroke-dasharray="{DASHES[place]}"' if DASHES[place] else ""
        parts.append(
            f'<line x1="{x}" y1="10" x2="{x + 22}" y2="10" stroke="{COLOURS[place]}" stroke-width="2"{dashes}/>'
        )
        parts.append(_text(x + 27, 14, name))
        x += 40 + 7 * len(name)
    return parts


def _text(x: Decimal | int, y: Decimal | int | str, words: str, *, anchor: str = "start") -> str:
    return (
        f'<text x="{_n(Decimal(x))}" y="{_n(Decimal(y))}" text-anchor="{anchor}" font-size="11" '
        f'fill="currentColor">{html.escape(words)}</text>'
    )


def _svg(title: str, description: str, frame: _Frame, parts: Sequence[str]) -> SafeString:
    named = html.escape(title)
    return mark_safe(  # noqa: S308  every word above is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{named}" viewBox="0 0 {frame.width} '
        f'{frame.height}" width="{frame.width}" height="{frame.height}"><title>{named}</title>'
        f"<desc>{html.escape(description)}</desc>{''.join(parts)}</svg>"
    )


# --- Words and numbers ------------------------------------------------------------------------------
def _told(line: Line, labels: Sequence[str], unit: str) -> str:
    known = [(label, value) for label, value in zip(labels, line.values, strict=True) if value is not None]
    if not known:
        return f"{line.name}: no value."
    (first, begin), (last, end) = known[0], known[-1]
    return f"{line.name}: {_with_unit(begin, unit)} at {first}, {_with_unit(end, unit)} at {last}."


def _with_unit(value: Decimal, unit: str) -> str:
    return f"{_shown(value)} {unit}".strip()


def _shown(value: Decimal) -> str:
    """Exact, in groups of three, without zeros that say nothing."""
    plain = value.normalize()
    return f"{plain:,f}" if plain else "0"


def _n(value: Decimal) -> str:
    """A coordinate: two places are a hundredth of a pixel."""
    return f"{value.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}".rstrip("0").rstrip(".")
