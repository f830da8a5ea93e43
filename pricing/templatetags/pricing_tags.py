"""What templates of pricing need beyond those of all pages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext

from accounts.pages.tabs import Subject, Tab, tabs

from ..calculation.numbers import plain, text

register = template.Library()

SUBJECTS = (
    Subject(name="index", title="Series", icon="chart-line"),
    Subject(name="contracts", title="Contracts", icon="file-text", also=("add-contract",)),
    Subject(name="batches", title="Batches", icon="stack-2", also=("add-batch", "calculations")),
    Subject(name="imports", title="Imports", icon="upload"),
)
SHOWN_PLACES = 14
SPARK_WIDTH, SPARK_HEIGHT = 96, 22


@register.simple_tag(takes_context=True)
def pricing_tabs(context: RequestContext) -> list[Tab]:
    return tabs("pricing", context["request"].path, SUBJECTS)


@register.filter
def exact(value: Decimal | str | None) -> str:
    """A number with all its digits and no zeros that a column added; – for none."""
    return "–" if value is None or value == "" else text(plain(Decimal(value)))


@register.filter
def digits(value: Decimal) -> str:
    """A number with the digits that it was rounded to."""
    return text(value)


@register.filter
def shortened(value: Decimal) -> str:
    """A number before it was rounded, its long tail cut off."""
    whole, _, places = (written := text(plain(value))).partition(".")
    return f"{whole}.{places[:SHOWN_PLACES]}…" if len(places) > SHOWN_PLACES else written


@register.filter
def money(value: Decimal | str | None) -> str:
    """An amount as it was rounded, with separators: 526,390.00."""
    return "–" if value is None or value == "" else f"{Decimal(value):,f}"


@register.filter
def signed(value: Decimal | str | None) -> str:
    """The same with its sign, for what changes."""
    return "–" if value is None or value == "" else f"{Decimal(value):+,f}"


@register.filter
def sparkline(values: Sequence[Decimal]) -> str:
    """The path of a little line, the oldest value first; empty for less than two."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    step, span = SPARK_WIDTH / (len(values) - 1), float(high - low) or 1.0
    points = (
        f"{number * step:.1f} {SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * float(value - low) / span:.1f}"
        for number, value in enumerate(values)
    )
    return "M" + "L".join(points)


@register.inclusion_tag("pricing/_entry.html", takes_context=True)
def entry(context: RequestContext, name: str, label: str, **more: Any) -> dict[str, Any]:
    """A field of a form whose `fields` and `problems` are in the context, by name.

    more: help, type, list, placeholder; options, as (value, label) or words, for a choice.
    """
    options = [one if isinstance(one, tuple | list) else (one, one) for one in more.pop("options", [])]
    return {
        "name": name,
        "id": name.replace(".", "-"),
        "label": label,
        "value": context["fields"].get(name, ""),
        "problem": context["problems"].get(name, ""),
        "options": options,
        "type": "text",
        **more,
    }


@register.filter
def dashed(name: str) -> str:
    """The id of the field of that name."""
    return name.replace(".", "-")
