"""A periodic report as one table for spreadsheets: a line for each number, sentence and recommendation."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

HEADER = ("part", "name", "value", "before", "change", "unit", "text", "rows")


def lines_of(content: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """rows: what finds the rows behind a line, such as `filing NY:123`."""
    for one in content["metrics"]:
        numbers = [_decimal(one[name]) for name in ("value", "before", "change")]
        yield ("metric", one["label"], *numbers, one["unit"], one["note"], _rows(one))
        for part in one["parts"]:
            value, before = Decimal(part["value"]), Decimal(part["before"])
            yield ("part", f"{one['label']}: {part['label']}", value, before, value - before, one["unit"], "", "")
    for score in content["scores"]:
        for moved in score["moved"]:
            numbers = [_decimal(moved[name]) for name in ("end", "start", "change")]
            yield ("factor", f"{score['label']}: {moved['label']}", *numbers, "points", "", "")
    for one in content["insights"]:
        yield ("insight", one["rule"], None, None, None, "", one["text"], _rows(one))
    for one in content["recommendations"]:
        yield ("recommendation", one["rule"], None, None, None, one["urgency"], f"{one['text']} {one['reason']}", "")
    for chart in content["charts"]:
        for series in chart["series"]:
            for label, value in zip(chart["x"], series["values"], strict=True):
                yield ("chart", f"{chart['title']}: {series['label']}", value, None, None, chart["unit"], label, "")


def _rows(one: Mapping[str, Any]) -> str:
    return "; ".join(f"{row['kind']} {row['id']}" for row in one["rows"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
