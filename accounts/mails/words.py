"""`{{ name }}` in a text, and nothing else.

Django's own template language is left out on purpose: who edits a mail should neither reach objects and
settings through it nor be able to make it loop or load. A name is replaced by a text; there are no tags,
filters or attributes, so an edited template can at worst be badly worded.
"""

import re
from collections.abc import Collection, Iterator, Mapping

from django.utils.html import escape

_NAME = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_LEFT_OVER = re.compile(r"\{\{.{0,40}|\{%.{0,40}|.{0,40}\}\}", re.DOTALL)


def fill_text(template: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: values[found[1]], template)


def fill_html(template: str, values: Mapping[str, str]) -> str:
    """Values are escaped, and their line breaks kept."""
    return _NAME.sub(lambda found: escape(values[found[1]]).replace("\n", "<br>\n"), template)


def problems(template: str, names: Collection[str]) -> Iterator[str]:
    """Sentences about what cannot be filled with the values of these names."""
    for name in dict.fromkeys(_NAME.findall(template)):
        if name not in names:
            yield f"{{{{ {name} }}}} is no value of this mail; there are {', '.join(sorted(names))}."
    left_over = _LEFT_OVER.search(_NAME.sub("", template))
    if left_over:
        yield f"{left_over[0]!r} cannot be read: only {{{{ name }}}} is replaced, there are no tags and filters."
