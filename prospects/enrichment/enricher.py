"""What enriches: an adapter over one source, registered by its name."""

from collections.abc import Collection
from typing import Protocol

from ..facts import FactValue
from ..models import Source
from .subjects import Kind, Subject


class Enricher(Protocol):
    """One source. `look_up` runs in a thread of its own, outside transactions."""

    @property
    def name(self) -> str:
        """Of providers/catalogue.py; facts and look-ups are kept under it."""

    @property
    def serves(self) -> frozenset[Kind]:
        """The kinds of subjects it can be asked about."""

    @property
    def source(self) -> Source:
        """The label that its facts carry."""

    def problem(self) -> str | None:
        """Why it cannot be asked about anything as things are configured, with the remedy; None where it can."""

    def refusal(self, subject: Subject) -> str | None:
        """Why it is not asked about this subject: its problem, or that too little is known; None where it is."""

    def look_up(self, subject: Subject) -> list[FactValue]:
        """What it says; an empty list where it has nothing. Raises providers.errors.ProviderError."""


_enrichers: dict[str, Enricher] = {}


def register(enricher: Enricher) -> Enricher:
    """Make an adapter known. Raises ValueError where the name is taken."""
    if enricher.name in _enrichers:
        raise ValueError(f"The enricher {enricher.name!r} is registered twice.")
    _enrichers[enricher.name] = enricher
    return enricher


def enrichers_for(kind: Kind, names: Collection[str] | None = None) -> list[Enricher]:
    """Adapters that serve the kind, in the order of registration; those of `names` alone where given."""
    return [one for one in _enrichers.values() if kind in one.serves and (names is None or one.name in names)]
