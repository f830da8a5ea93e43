"""Template tags that every page has without loading them."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import forms, template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

#: Largest unit first: seconds in it, and its short name.
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "trash" %}` beside a text, `{% icon "trash" "Delete" %}` where the icon stands alone."""
    if name not in icon_names():
        raise ValueError(f"There is no icon {name!r}: add it to static/icons.txt and run deploy/icons.py.")
    address = f"{static('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@cache
def icon_names() -> frozenset[str]:
    return frozenset((Path(settings.BASE_DIR) / "static" / "icons.txt").read_text().split())


@register.simple_tag
def ago(at: datetime | None, empty: str = "—") -> str | SafeString:
    """A moment as a distance from now, such as `5m ago` or `in 2h`; the browser keeps it current."""
    if at is None:
        return empty
    exact = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S %Z")
    text = _distance((timezone.now() - at).total_seconds())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', at.isoformat(), exact, text)


@register.simple_tag
def since(at: datetime | None, empty: str = "—") -> str | SafeString:
    """How long it has been since a moment, such as `5m`; the browser keeps it current."""
    if at is None:
        return empty
    exact = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S %Z")
    text = _units(max(0, (timezone.now() - at).total_seconds()), most=1) or "0s"
    return format_html('<time datetime="{}" title="Since {}" data-since>{}</time>', at.isoformat(), exact, text)


@register.filter
def duration(seconds: Any) -> str:
    """Seconds in the two units that say most: `820 ms`, `4.2 s`, `3m 20s`, `2d 4h`."""
    if seconds is None or seconds == "":
        return "—"
    value = float(seconds.total_seconds() if hasattr(seconds, "total_seconds") else seconds)
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 10 else _units(value, most=2)


@register.inclusion_tag("_copy.html")
def copy(text: str, label: str = "Copy") -> dict[str, str]:
    """A button that copies `text`."""
    return {"text": text, "label": label}


@register.inclusion_tag("_field.html")
def field(bound: forms.BoundField) -> dict[str, Any]:
    """A form field with label, help and errors, in the look of its widget."""
    kind, css = next(
        ((kind, css) for widgets, kind, css in _LOOKS if isinstance(bound.field.widget, widgets)),
        ("control", "form-control"),
    )
    return {"field": bound, "kind": kind, "control": bound.as_widget(attrs={"class": css})}


_LOOKS: tuple[tuple[tuple[type[forms.Widget], ...], str, str], ...] = (
    ((forms.CheckboxSelectMultiple, forms.RadioSelect), "choices", "form-check-input"),
    ((forms.CheckboxInput,), "check", "form-check-input"),
    ((forms.Select,), "control", "form-select"),
)


def _distance(seconds: float) -> str:
    if abs(seconds) < 1:
        return "now"
    text = _units(abs(seconds), most=1)
    return f"{text} ago" if seconds > 0 else f"in {text}"


def _units(seconds: float, *, most: int) -> str:
    rest = int(seconds)
    parts: list[tuple[int, str]] = []
    for size, name in _UNITS:
        count, rest = divmod(rest, size)
        if count or parts:
            parts.append((count, name))
    return " ".join(f"{count}{name}" for count, name in parts[:most] if count)
