"""Parts of a page that are asked for again and again, and sent only when they would show something else."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

# What differs between two renderings that show the same: the masked token, distances from now (which the
# browser keeps current by itself), and what is drawn or counted up to now.
_RESTLESS = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"'
    r'|data-ago>[^<]*<|<svg class="life".*?</svg>|data-now>.*?</(?:dd|span)>',
    re.DOTALL,
)


def fragment(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """The part; 204 where `X-Seen` names what the browser shows already."""
    body = render_to_string(template, dict(context), request)
    seen = hashlib.sha256(_RESTLESS.sub("", body).encode()).hexdigest()[:16]
    answer = HttpResponse(status=204) if request.headers.get("X-Seen") == seen else HttpResponse(body)
    answer["X-Seen"] = seen
    return answer
