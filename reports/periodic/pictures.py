"""The charts of a stored report, drawn as SVG for pages and paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString

from ..rendering.charts import Bar, Line, bar_chart, line_chart


@dataclass(frozen=True, kw_only=True)
class Picture:
    """rows: the same numbers as a table, one row per point."""

    title: str
    svg: SafeString
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def pictures_of(content: Mapping[str, Any], *, width: int = 520, height: int = 220) -> list[Picture]:
    return [_picture(chart, width, height) for chart in content.get("charts", ())]


def _picture(chart: Mapping[str, Any], width: int, height: int) -> Picture:
    return Picture(
        title=chart["title"],
        svg=_bars(chart, width, height) if chart["kind"] == "bars" else _line(chart, width, height),
        head=["", *(series["label"] for series in chart["series"])],
        rows=[
            [label, *(_shown(series["values"][place]) for series in chart["series"])]
            for place, label in enumerate(chart["x"])
        ],
    )


def _line(chart: Mapping[str, Any], width: int, height: int) -> SafeString:
    known = [one for one in chart["series"] if any(value is not None for value in one["values"])]
    lines = [Line(name=one["label"], values=tuple(map(_decimal, one["values"]))) for one in known]
    labels = [_short(label) for label in chart["x"]]
    return line_chart(title=chart["title"], labels=labels, lines=lines, unit=chart["unit"], width=width, height=height)


def _bars(chart: Mapping[str, Any], width: int, height: int) -> SafeString:
    [series] = chart["series"]
    values = [_decimal(value) or Decimal() for value in series["values"]]
    bars = [Bar(label=_short(label), value=value) for label, value in zip(chart["x"], values, strict=True)]
    return bar_chart(title=chart["title"], bars=bars, unit=chart["unit"], width=width, height=height)


def _decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _shown(value: float | None) -> str:
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def _short(label: str) -> str:
    """A day without its year: the title of the report says which."""
    return label[5:] if len(label) == len("2026-01-31") else label
