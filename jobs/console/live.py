"""Fragments of a page that refresh themselves: rendered once a second for all viewers, sent when they changed.

The browser says which version it shows (static/js/live-version.js); where that is the latest, the answer is 304.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .memo import Memo

REMEMBERED_SECONDS = 1.0
_fragments = Memo(seconds=REMEMBERED_SECONDS)


def fragment(template: str, key: Any, context: Callable[[], dict[str, Any]]) -> tuple[SafeString, str]:
    """(HTML, its version), shared by all who ask with the same key. Nothing of one viewer may be in it."""

    def render() -> tuple[SafeString, str]:
        html = render_to_string(template, context())
        return html, f'"{sha256(html.encode()).hexdigest()[:20]}"'

    return _fragments.get((template, key), render)


def respond(request: HttpRequest, html: SafeString, version: str) -> HttpResponse:
    """The fragment, or 304 where the browser shows it already."""
    if request.headers.get("If-None-Match") == version:
        return HttpResponse(status=304)
    response = HttpResponse(html)
    response["ETag"] = version
    return response


def forget() -> None:
    """What was just changed by this process must be seen by its next page."""
    _fragments.forget()
