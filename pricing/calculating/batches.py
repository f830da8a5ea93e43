"""Calculating a batch, and repeating a calculation to see that it still gives the same digits."""

from collections.abc import Callable, Iterable
from datetime import datetime

from ..calculation.numbers import plain
from ..knowledge import Knowledge, Moment
from ..models import Batch, Calculation, CalculationItem
from .loading import Before, LoadedItem, amounts_of, items_of, prices_before
from .pricing_items import NotPriced, Pricer
from .writing import Settled, Writer, digest_of, settled, totals_of

#: Items that are written together, and between two calls of `on_items`.
CHUNK = 1000

OnItems = Callable[[int, int], None]


def calculate_batch(
    *, batch: Batch, moment: Moment, job_id: str = "", on_items: OnItems = lambda done, total: None
) -> Calculation:
    """A further calculation of the batch, in the caller's transaction. Raises NotPriced.

    moment: what is known, see knowledge.present_moment. on_items: told how many items of how many are done.
    """
    # Two calculations of a batch come one after the other: the second trues up the first.
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    previous = batch.calculations.order_by("-number").first()
    moment = _later(moment, previous, batch.as_of)
    items = items_of(batch)
    if not items:
        raise NotPriced(f"The batch {batch.code} has no items; add some.")
    pricer = Pricer(
        at=batch.pricing_date,
        knowledge=Knowledge(tenant_id=batch.tenant_id, moment=moment),
        tenant_id=batch.tenant_id,
    )
    pricer.load_terms(items)
    before = _before(batch, pricer, items)
    amounts = amounts_of(previous)
    done: list[Settled] = []
    for priced in pricer.priced(items, before):
        done.append(settled(priced, amounts))
        if len(done) % CHUNK == 0:
            on_items(len(done) // 2, len(items))
    calculation = _record(batch, previous, moment, job_id, done)
    writer = Writer(calculation)
    for start in range(0, len(done), CHUNK):
        writer.write(done[start : start + CHUNK])
        on_items((len(done) + start) // 2, len(done))
    return calculation


def repeat(calculation: Calculation) -> list[str]:
    """Compute it once more from what was known then. Returns the items that differ: none, unless rows were forged."""
    moment = Moment(known_id=calculation.known_id, as_of=calculation.as_of)
    knowledge = Knowledge(tenant_id=calculation.tenant_id, moment=moment)
    pricer = Pricer(at=calculation.pricing_date, knowledge=knowledge, tenant_id=calculation.tenant_id)
    stored = list(calculation.items.select_related("line").order_by("position"))
    items = [_as_loaded(one) for one in stored]
    pricer.load_terms(items)
    before = {
        (one.contract_code, one.line_code): Before(one.before_item_id, plain(one.price_before))
        for one in stored
        if one.price_before is not None and one.before_item_id is not None
    }
    again = pricer.priced(items, before)
    return [
        f"{one.contract_code} {one.line_code}"
        for one, priced in zip(stored, again, strict=True)
        if (one.digest, one.amount) != (priced.derivation.digest, priced.derivation.amount)
    ]


def _as_loaded(one: CalculationItem) -> LoadedItem:
    return LoadedItem(
        one.position,
        one.contract_code,
        one.line_code,
        one.version_id,
        one.line_id,
        plain(one.line.base_price) if one.line.base_price is not None else None,
        plain(one.quantity),
        plain(one.line.content) if one.line.content is not None else None,
    )


def _later(moment: Moment, previous: Calculation | None, as_of: datetime | None) -> Moment:
    """Never less than the calculation before knew: it may have begun later and come first."""
    known_id = max(moment.known_id, previous.known_id) if previous else moment.known_id
    now = max(moment.as_of, previous.as_of) if previous else moment.as_of
    return Moment(known_id=known_id, as_of=as_of or now)


def _before(batch: Batch, pricer: Pricer, items: Iterable[LoadedItem]) -> dict[tuple[str, str], Before]:
    contracts = pricer.contracts_per_period(items)
    last = Calculation.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    return prices_before(tenant_id=batch.tenant_id, contracts=contracts, at=batch.pricing_date, last=last)


def _record(
    batch: Batch, previous: Calculation | None, moment: Moment, job_id: str, done: list[Settled]
) -> Calculation:
    return Calculation.objects.create(
        tenant_id=batch.tenant_id,
        batch=batch,
        number=previous.number + 1 if previous else 1,
        previous=previous,
        job_id=job_id,
        pricing_date=batch.pricing_date,
        as_of=moment.as_of,
        known_id=moment.known_id,
        item_count=len(done),
        provisional=any(one.priced.derivation.provisional for one in done),
        totals=totals_of(done),
        digest=digest_of(done),
    )
