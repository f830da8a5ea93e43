"""Pricing the items of a batch: contracts prepared once, failures named together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..calculation import CannotPrice, Derivation, Item, Prepared, Pricing, parse_terms, prepare, price
from ..calculation.terms import DifferenceTerms, IndexTerms
from ..knowledge import Knowledge
from ..models import ContractVersion
from .loading import Before, LoadedItem

#: Items that a refusal names one by one.
MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class Priced:
    item: LoadedItem
    derivation: Derivation
    prepared: Prepared
    before: Before | None


class NotPriced(Exception):
    """Some items have no price, so the batch has none. The message names them and the remedy."""

    error_class = "VALIDATION_ERROR"
    code = "not_priced"


class Pricer:
    """Prices items as of one moment. Terms are read and their indexes averaged once for each version."""

    def __init__(self, *, at: date, knowledge: Knowledge, tenant_id: str) -> None:
        self._pricing = Pricing(at=at, lookup=knowledge)
        self._tenant_id = tenant_id
        self._terms: dict[int, IndexTerms | DifferenceTerms] = {}
        self._prepared: dict[int, Prepared | CannotPrice] = {}

    def load_terms(self, items: Iterable[LoadedItem]) -> None:
        wanted = {item.version_id for item in items if item.version_id is not None}
        versions = ContractVersion.objects.filter(tenant_id=self._tenant_id, pk__in=wanted)
        self._terms |= {version.pk: parse_terms(version.terms) for version in versions}

    def contracts_per_period(self, items: Iterable[LoadedItem]) -> list[str]:
        """Those whose price is bounded by the price before."""
        found = {item.contract for item in items if item.version_id and self._bounded(item.version_id)}
        return sorted(found)

    def priced(self, items: Iterable[LoadedItem], before: dict[tuple[str, str], Before]) -> Iterator[Priced]:
        """Raises NotPriced after the last item if any has no price."""
        failures: list[str] = []
        for item in items:
            try:
                yield self._one(item, before.get((item.contract, item.line)))
            except CannotPrice as problem:
                failures.append(f"{item.contract} {item.line}: {problem}")
        if failures:
            named = " ".join(failures[:MOST_NAMED])
            more = f" And {len(failures) - MOST_NAMED} more." if len(failures) > MOST_NAMED else ""
            raise NotPriced(f"{len(failures)} items have no price, so nothing was stored. {named}{more}")

    def _one(self, item: LoadedItem, before: Before | None) -> Priced:
        if item.version_id is None:
            raise CannotPrice("no_version", f"The contract has no version that holds on {self._pricing.at}.")
        if item.line_id is None or item.quantity is None:
            raise CannotPrice("no_line", "The version that holds has no such line; amend the contract or the batch.")
        prepared = self._prepare(item.version_id)
        if not self._bounded(item.version_id):
            before = None
        values = Item(
            quantity=item.quantity,
            base_price=item.base_price,
            content=item.content,
            price_before=before.price if before else None,
        )
        return Priced(item, price(prepared, values), prepared, before)

    def _prepare(self, version_id: int) -> Prepared:
        if version_id not in self._prepared:
            try:
                self._prepared[version_id] = prepare(self._terms[version_id], self._pricing)
            except CannotPrice as problem:
                self._prepared[version_id] = problem
        found = self._prepared[version_id]
        if isinstance(found, CannotPrice):
            raise CannotPrice(found.code, str(found))
        return found

    def _bounded(self, version_id: int) -> bool:
        collar = self._terms[version_id].collar
        return collar is not None and collar.period is not None
