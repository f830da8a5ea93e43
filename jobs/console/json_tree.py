"""JSON as a tree of HTML that folds: every value escaped, long ones cut, without any script."""

from typing import Any

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from ..masking import MASK

#: Values drawn; a larger document ends with how many more there are. The copy button has them all.
MOST_NODES = 2000
LONGEST_TEXT = 4000
#: Objects and lists with more entries than this begin folded, below the first level.
FOLDED_FROM = 12


class _Tree:
    def __init__(self) -> None:
        self.left = MOST_NODES
        self.cut = 0

    def node(self, key: str | None, value: Any, depth: int) -> SafeString:
        if self.left <= 0:
            self.cut += 1
            return mark_safe("")
        self.left -= 1
        name = format_html('<span class="json-key">{}</span>', key) if key is not None else ""
        if isinstance(value, dict) and value:
            return self._folder(name, [(str(k), v) for k, v in value.items()], "{", "}", depth)
        if isinstance(value, list) and value:
            return self._folder(name, [(str(n), v) for n, v in enumerate(value)], "[", "]", depth)
        return format_html('<div class="json-leaf">{}{}</div>', name, _scalar(value))

    def _folder(self, name: Any, items: list[tuple[str, Any]], start: str, end: str, depth: int) -> SafeString:
        inner = mark_safe("".join(self.node(key, value, depth + 1) for key, value in items))  # noqa: S308  escaped parts
        return format_html(
            '<details class="json-folder"{}><summary>{}<span class="json-mark">{}</span>'
            '<span class="json-size">{}</span><span class="json-mark">{}</span></summary>{}</details>',
            mark_safe(" open") if depth == 0 or len(items) < FOLDED_FROM else "",
            name,
            start,
            len(items),
            end,
            inner,
        )


def json_tree(value: Any) -> SafeString:
    tree = _Tree()
    body = tree.node(None, value, 0)
    more = (
        format_html('<p class="fine">{} more values are not shown; copy to see them.</p>', tree.cut) if tree.cut else ""
    )
    return format_html('<div class="json">{}{}</div>', body, more)


def _scalar(value: Any) -> SafeString:
    if value == MASK:
        return format_html('<span class="json-masked" title="Hidden">{}</span>', value)
    if isinstance(value, str):
        shown = value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
        return format_html('<span class="json-text">{}</span>', shown)
    if value is None or isinstance(value, bool):
        return format_html('<span class="json-word">{}</span>', {None: "null", True: "true", False: "false"}[value])
    if isinstance(value, (int, float)):
        return format_html('<span class="json-number">{}</span>', str(value))
    return format_html(
        '<span class="json-mark">{}</span>', conditional_escape("{}" if isinstance(value, dict) else "[]")
    )
