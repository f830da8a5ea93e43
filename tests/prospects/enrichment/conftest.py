"""Sources of the tests' own, registered as adapters of real ones are."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from prospects.enrichment import enricher as registry
from prospects.enrichment.subjects import Kind, Subject
from prospects.facts import FactValue
from prospects.models import Prospect, Source
from providers.errors import ProviderError

Says = Callable[[Subject], list[FactValue]]


class FakeEnricher:
    """Answers as `says` does and remembers whom it was asked about. problem: why it cannot be asked."""

    source = Source.SAMPLE

    def __init__(self, name: str, says: Says, *, kinds: tuple[Kind, ...], problem: str | None) -> None:
        self.name, self._says, self._problem = name, says, problem
        self.serves = frozenset(kinds)
        self.asked: list[int] = []
        self._lock = threading.Lock()

    def problem(self) -> str | None:
        return self._problem

    def refusal(self, subject: Subject) -> str | None:
        return self._problem or (None if subject.name else "Too little is known to ask.")

    def look_up(self, subject: Subject) -> list[FactValue]:
        with self._lock:
            self.asked.append(subject.pk)
        return self._says(subject)


NewEnricher = Callable[..., FakeEnricher]


@pytest.fixture
def no_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of how sources are asked know exactly which ones there are."""
    monkeypatch.setattr(registry, "_enrichers", {})


@pytest.fixture
def new_enricher(no_other_sources: None) -> NewEnricher:
    """`new_enricher("osha", value=3)` tells one fact; `says=` decides by subject; `error=` is raised."""

    def make(
        name: str = "osha",
        *,
        says: Says | None = None,
        value: Any = 1,
        error: Exception | None = None,
        kinds: tuple[Kind, ...] = tuple(Kind),
        problem: str | None = None,
    ) -> FakeEnricher:
        def told(subject: Subject) -> list[FactValue]:
            if error:
                raise error
            return [FactValue(name="employees", value=value)]

        fake = FakeEnricher(name, says or told, kinds=kinds, problem=problem)
        registry.register(fake)
        return fake

    return make


@pytest.fixture
def new_prospects() -> Callable[..., list[Prospect]]:
    def make(number: int, **fields: Any) -> list[Prospect]:
        own = {"tenant_id": "acme", "state": "NY", "source": "file", "filing_count": 0, **fields}
        rows = [Prospect(**own, name=f"Mill {index}", name_key=f"MILL {index}") for index in range(number)]
        created = Prospect.objects.bulk_create(rows)
        return list(Prospect.objects.filter(pk__in=[row.pk for row in created]).order_by("pk"))

    return make


def failing(message: str = "it is down", *, provider: str = "osha", retry_after: float | None = None) -> ProviderError:
    """A refusal; with `retry_after` one that asks for a pause."""
    error = ProviderError(message, provider=provider, retry_after=retry_after)
    if retry_after is not None:
        error.error_class = "RATE_LIMIT"
    return error
