"""What templates of pricing need beyond those of all pages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse

from ..calculation.numbers import plain, text

register = template.Library()

#: URL name, title, icon; each tab appears once its page exists.
SUBJECTS = (
    ("index", "Series", "chart-line"),
    ("contracts", "Contracts", "file-text"),
    ("batches", "Batches", "stack-2"),
    ("imports", "Imports", "upload"),
)
#: First words of addresses that belong to the subject of another.
ABOUT = {"add-contract": "contracts", "add-batch": "batches", "calculations": "batches"}
SHOWN_PLACES = 14
SPARK_WIDTH, SPARK_HEIGHT = 96, 22


@register.simple_tag(takes_context=True)
def pricing_tabs(context: RequestContext) -> list[dict[str, Any]]:
    """{title, icon, url, current} of each tab."""
    parts = context["request"].path.split("/")
    subject = ABOUT.get(parts[2], parts[2]) if len(parts) > 2 else ""
    found = [(name, title, icon, url) for name, title, icon in SUBJECTS if (url := _url(name))]
    here = subject if subject in {name for name, *_ in found} else "index"
    return [{"title": title, "icon": icon, "url": url, "current": name == here} for name, title, icon, url in found]


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


def _url(name: str) -> str | None:
    try:
        return reverse(f"pricing:{name}")
    except NoReverseMatch:
        return None
