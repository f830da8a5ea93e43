"""Template tags of the pages of this app: `{% load prospect_tags %}`."""

from collections.abc import Mapping, Sequence

from django import template

register = template.Library()


@register.simple_tag
def cell(cells: Sequence[str], mapping: Mapping[str, int], name: str) -> str:
    """The cell that a field is mapped to; empty where the row is shorter."""
    column = mapping.get(name, -1)
    return cells[column] if 0 <= column < len(cells) else ""
