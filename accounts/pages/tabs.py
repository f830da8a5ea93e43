"""The tabs above the pages of an app."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True, kw_only=True)
class Subject:
    #: Its page has the URL name `<app>:<name>`.
    name: str
    title: str
    icon: str
    #: First words, below the app's address, of other pages that belong to it.
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tab:
    title: str
    icon: str
    url: str
    current: bool
    #: How much waits there for a person; empty for nothing.
    waiting: str = ""


def tabs(app: str, path: str, subjects: Sequence[Subject], waiting: Mapping[str, str] | None = None) -> list[Tab]:
    """One tab per subject; current is the one with the longest address that `path` is or lies under."""
    root = reverse(f"{app}:index").rstrip("/")
    urls = {one.name: reverse(f"{app}:{one.name}") for one in subjects}
    under = [
        (len(address), one.name)
        for one in subjects
        for address in (urls[one.name], *(f"{root}/{word}" for word in one.also))
        if _lies_under(path, address)
    ]
    here = max(under, default=(0, ""))[1]
    return [
        Tab(
            title=one.title,
            icon=one.icon,
            url=urls[one.name],
            current=one.name == here,
            waiting=(waiting or {}).get(one.name, ""),
        )
        for one in subjects
    ]


def shown_number(number: int, most: int) -> str:
    """`7`, `99+`, and nothing for none."""
    return "" if not number else str(number) if number <= most else f"{most}+"


def _lies_under(path: str, url: str) -> bool:
    return path.rstrip("/") == url.rstrip("/") or path.startswith(url.rstrip("/") + "/")
