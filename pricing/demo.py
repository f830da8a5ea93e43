"""What the demonstration set shows of pricing: three made-up series, a contract, and a batch that was calculated once.

The numbers of March 2026 are those of the golden example in docs/pricing.md: the price is 1,052.78, and once the
producer prices become final, with the example of `index-ingestion`, a second calculation settles 750.00.
"""

from pathlib import Path
from typing import Any

from accounts.callers import system_caller
from jobs.demonstration import Loaded, demo_part
from jobs.payloads import parse
from prospects.models.base import Origin

from .calculating.batches import calculate_batch
from .contracts.actions import create_batch, create_contract
from .contracts.inputs import BatchInput, ContractInput
from .ingestion.csv_file import ValueFile, WrongFile
from .ingestion.storing import stage, store_staged
from .knowledge import present_moment
from .models import Batch, Contract, Series

VALUES = Path(__file__).resolve().parent / "sample" / "index-values.csv"
CONTRACT, BATCH = "SAMPLE-STEEL", "SAMPLE-2026-03"
NAMES = {
    "SAMPLE-CRUDE": "Crude oil, made up",
    "SAMPLE-PPI": "Producer prices, made up",
    "SAMPLE-ECI": "Employment costs, made up",
}


@demo_part
def load(*, tenant_id: str) -> Loaded:
    new = _ensure_values(tenant_id)
    _ensure_contract(tenant_id)
    _ensure_batch(tenant_id)
    return Loaded(
        said=[f"sample index values: {new} new; contract {CONTRACT}, batch {BATCH}"], examples=examples_of(tenant_id)
    )


def examples_of(tenant_id: str) -> dict[str, dict[str, Any]]:
    """The final value of what is preliminary, and the calculation that it makes another true-up of."""
    final = {
        "tenantId": tenant_id,
        "seriesCode": "SAMPLE-PPI",
        "asOfDate": "2026-03-01",
        "versionTag": "final",
        "source": "json",
        "data": [{"value": "261.0"}],
    }
    return {"index-ingestion": final, "calculation": {"tenantId": tenant_id, "batchId": BATCH}}


def _ensure_values(tenant_id: str) -> int:
    """How many values are new."""
    with VALUES.open(encoding="utf-8", newline="") as file:
        values = ValueFile(file, on_problem=_refuse, known={})
        staged = stage(values)
    stored = store_staged(staged=staged, tenant_id=tenant_id, origin=Origin.SAMPLE, notes=values.notes)
    for code, name in NAMES.items():
        Series.objects.filter(tenant_id=tenant_id, code=code, name="").update(name=name)
    return stored.inserted


def _refuse(line: int, reason: str) -> None:
    raise WrongFile(f"{VALUES.name}, line {line}: {reason}")


def _ensure_contract(tenant_id: str) -> None:
    if Contract.objects.filter(tenant_id=tenant_id, code=CONTRACT).exists():
        return
    given = parse(ContractInput, _CONTRACT)
    assert isinstance(given, ContractInput)  # noqa: S101  for the type checker
    create_contract(tenant_id=tenant_id, given=given, by=system_caller())


def _ensure_batch(tenant_id: str) -> None:
    batch = Batch.objects.filter(tenant_id=tenant_id, code=BATCH).first()
    if batch is None:
        given = parse(
            BatchInput,
            {"batchId": BATCH, "name": "Sample", "pricingDate": "2026-03-04", "contracts": [CONTRACT]},
        )
        assert isinstance(given, BatchInput)  # noqa: S101  for the type checker
        batch = create_batch(tenant_id=tenant_id, given=given, by=system_caller())
    if not batch.calculations.exists():
        calculate_batch(batch=batch, moment=present_moment(tenant_id))


def _component(series: str, weight: str, base: dict[str, str], unit: str, count: int) -> dict[str, Any]:
    name = series.removeprefix("SAMPLE-")
    window = {"unit": unit, "count": count}
    return {"name": name, "series": series, "weight": weight, "base": base, "current": {"window": window}}


_CONTRACT: dict[str, Any] = {
    "code": CONTRACT,
    "name": "Sample: steel beams",
    "counterparty": "Made-up Steel Works",
    "effectiveFrom": "2025-01-01",
    "terms": {
        "family": "index",
        "currency": "USD",
        "fixed": "0.15",
        "components": [
            _component("SAMPLE-CRUDE", "0.45", {"value": "72.50"}, "observation", 3),
            _component("SAMPLE-PPI", "0.25", {"on": "2025-01-01"}, "month", 1),
            _component("SAMPLE-ECI", "0.15", {"on": "2025-01-01"}, "month", 1),
        ],
    },
    "lines": [{"code": "BEAM-1", "description": "Beams", "unit": "t", "basePrice": "1000.00", "quantity": "500"}],
}
