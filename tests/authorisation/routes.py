"""Every route of the project, read from the URL configuration as Django itself reads it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.views import View

#: What Django's generic views answer by themselves, and what goes with GET.
_PLAIN = {"head", "options", "trace"}
#: Where other people's function views say nothing: what Django's admin and RQ's dashboard tell apart.
_THEIRS = ("GET", "POST")


@dataclass(frozen=True, kw_only=True)
class Route:
    """name: with its namespaces, as reverse() takes it; pattern: the whole expression of the address."""

    name: str
    pattern: str
    methods: tuple[str, ...]


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns))


def _walk(patterns: Iterable[Any], prefix: str = "", space: str = "") -> Iterator[Route]:
    for item in patterns:
        pattern = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, pattern, f"{space}{item.namespace}:" if item.namespace else space)
        elif isinstance(item, URLPattern):
            yield Route(name=f"{space}{item.name or ''}", pattern=pattern, methods=_methods(item.callback))


def _methods(callback: Any) -> tuple[str, ...]:
    """As our routes declare them (accounts/methods.py), as our API's views do (`needs`), else as the view has them."""
    if declared := getattr(callback, "methods", None):
        return tuple(declared)
    view = getattr(callback, "view_class", getattr(callback, "cls", None))
    if view is None:
        return _THEIRS
    # What answers 404 to everything needs nothing of anybody.
    if (needs := getattr(view, "needs", None)) is not None:
        return tuple(needs) or ("GET",)
    return tuple(_of_class(view))


def _of_class(view: type[View]) -> list[str]:
    names = [name for name in view.http_method_names if name not in _PLAIN and hasattr(view, name)]
    return [name.upper() for name in names]
