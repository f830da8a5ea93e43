"""An adapter over one source of providers/, with the bundled sample standing in where the source is not on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from providers.http import Client, client_for
from providers.readiness import problem_with

from ..facts import FactValue
from ..models import Source
from . import sample
from .enricher import Enricher, register
from .subjects import Kind, Subject

Tell = Callable[[Client, Any], list[FactValue]]
Knows = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class SourceAdapter:
    """enough: whether what is known of a subject suffices to ask; if not, `missing` says what lacks.

    tell: asks, and names what is told.
    """

    name: str
    serves: frozenset[Kind]
    enough: Knows
    tell: Tell
    missing: str = "Too little is known to ask."

    @property
    def source(self) -> Source:
        return Source.LIVE if problem_with(self.name) is None else Source.SAMPLE

    def problem(self) -> str | None:
        return None if settings.SAMPLE_SOURCES else problem_with(self.name)

    def refusal(self, subject: Subject) -> str | None:
        problem = problem_with(self.name)
        if problem is None:
            return None if self.enough(subject) else self.missing
        # What is not made up is never answered with what is.
        return None if settings.SAMPLE_SOURCES and subject.is_sample else problem

    def look_up(self, subject: Subject) -> list[FactValue]:
        if problem_with(self.name) is None:
            return self.tell(client_for(self.name), subject)
        return sample.told(self.name, subject)


def source(name: str, *kinds: Kind, enough: Knows, **more: str) -> Callable[[Tell], Tell]:
    """Register a function over a source's client as its adapter."""

    def add(tell: Tell) -> Tell:
        adapter: Enricher = SourceAdapter(name=name, serves=frozenset(kinds), enough=enough, tell=tell, **more)
        register(adapter)
        return tell

    return add
