"""The routes of the API: which there are, what they are called, and how a regular expression reads as a path."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from pydantic.alias_generators import to_camel

_PARAMETER = re.compile(r"\{(\w+)\}")


class Endpoints(EndpointEnumerator):
    """Every path below /api/ once, without the slash at its end that may also be there."""

    def get_path_from_regex(self, path_regex: str) -> str:
        path = super().get_path_from_regex(path_regex).rstrip("/")  # type: ignore[no-untyped-call]
        return _PARAMETER.sub(lambda found: f"{{{to_camel(found.group(1))}}}", path)

    def should_include_endpoint(self, path: str, callback: Any) -> bool:
        return path.startswith("/api/") and bool(super().should_include_endpoint(path, callback))


class Generator(SchemaGenerator):
    endpoint_inspector_cls = Endpoints


@cache
def route_name(path_regex: str) -> str:
    """The route's name as an identifier: `job-events` is `job_events`."""
    names = {regex: pattern.name or "" for regex, pattern in route_patterns(get_resolver().url_patterns).items()}
    return names[path_regex].removeprefix("api-").replace("-", "_")


def route_patterns(patterns: Iterable[URLPattern | URLResolver], prefix: str = "") -> dict[str, URLPattern]:
    """All routes by their whole regular expression."""
    found: dict[str, URLPattern] = {}
    for pattern in patterns:
        regex = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= route_patterns(pattern.url_patterns, regex)
        else:
            found[regex] = pattern
    return found
