"""Making contracts, their versions and batches. Every change is audited and one transaction."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts import audit
from accounts.callers import Caller
from accounts.models import User
from jobs.payloads import InvalidPayload

from ..calculation import parse_terms, terms_json
from ..models import Batch, BatchItem, Contract, ContractLine, ContractVersion, Series
from .inputs import BatchInput, ContractInput, ItemInput, VersionInput

ROWS_AT_ONCE = 2000


class CodeInUse(Exception):
    """The organisation has a contract or batch of that code."""

    code = "code_in_use"


def create_contract(
    *, tenant_id: str, given: ContractInput, by: Caller, request_id: str | None = None
) -> ContractVersion:
    """A contract with its first version. Raises CodeInUse."""
    with transaction.atomic():
        contract = _made(Contract, tenant_id, given.code, name=given.name, counterparty=given.counterparty)
        version = _add_version(contract, given, by)
        _audit("contract.create", contract, by, request_id, lines=len(given.lines))
    return version


def amend_contract(
    *, contract: Contract, given: VersionInput, by: Caller, request_id: str | None = None
) -> ContractVersion:
    """A further version; the ones before stay as they are."""
    with transaction.atomic():
        # Two amendments at once would take the same number.
        contract = Contract.objects.select_for_update().get(pk=contract.pk)
        version = _add_version(contract, given, by)
        _audit("contract.amend", contract, by, request_id, version=version.number, lines=len(given.lines))
    return version


def create_batch(*, tenant_id: str, given: BatchInput, by: Caller, request_id: str | None = None) -> Batch:
    """Raises CodeInUse, and InvalidPayload naming contracts and lines that do not exist."""
    contracts = _contracts(tenant_id, given)
    items = given.items or list(_all_lines(contracts.values(), given.pricing_date))
    with transaction.atomic():
        batch: Batch = _made(
            Batch, tenant_id, given.batch_id, name=given.name, pricing_date=given.pricing_date, as_of=given.as_of
        )
        rows = (
            BatchItem(
                tenant_id=tenant_id,
                batch=batch,
                position=position,
                contract=contracts[item.contract],
                line_code=item.line,
                quantity=item.quantity,
            )
            for position, item in enumerate(items, 1)
        )
        BatchItem.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        _audit("batch.create", batch, by, request_id, items=len(items))
    return batch


def effective_version(contract: Contract, at: date) -> ContractVersion | None:
    """The version for a pricing date: the latest that holds by then; of one day's, the last agreed."""
    return contract.versions.filter(effective_from__lte=at).order_by("-effective_from", "-number").first()


def _made(model: Any, tenant_id: str, code: str, **values: Any) -> Any:
    try:
        with transaction.atomic():
            return model.objects.create(tenant_id=tenant_id, code=code, **values)
    except IntegrityError:
        if not model.objects.filter(tenant_id=tenant_id, code=code).exists():
            raise
        raise CodeInUse(f"There is a {model._meta.verbose_name} {code} already; choose another code.") from None


def _add_version(contract: Contract, given: VersionInput, by: Caller) -> ContractVersion:
    last = contract.versions.aggregate(last=Max("number"))["last"] or 0
    version = ContractVersion.objects.create(
        tenant_id=contract.tenant_id,
        contract=contract,
        number=last + 1,
        effective_from=given.effective_from,
        terms=terms_json(parse_terms(with_frequencies(given.terms, contract.tenant_id))),
        note=given.note,
        created_by=User.objects.filter(public_id=by.user_id).first(),
    )
    rows = (ContractLine(tenant_id=contract.tenant_id, version=version, **line.model_dump()) for line in given.lines)
    ContractLine.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return version


def with_frequencies(terms: dict[str, Any], tenant_id: str) -> dict[str, Any]:
    """Terms that say when values are expected; where the author did not, as the series is now."""
    known = dict(Series.objects.filter(tenant_id=tenant_id).values_list("code", "frequency"))

    def completed(part: dict[str, Any]) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if part.get("frequency") is None and part.get("series") in known:
            more["frequency"] = known[part["series"]]
        if part.get("exchange"):
            more["exchange"] = completed(part["exchange"])
        return part | more

    if "component" in terms:
        return terms | {"component": completed(terms["component"])}
    return terms | {"components": [completed(one) for one in terms["components"]]}


def _contracts(tenant_id: str, given: BatchInput) -> dict[str, Contract]:
    codes = dict.fromkeys([*given.contracts, *(item.contract for item in given.items)])
    found = Contract.objects.filter(tenant_id=tenant_id, code__in=list(codes)).in_bulk(field_name="pk").values()
    by_code = {contract.code: contract for contract in found}
    missing = [code for code in codes if code not in by_code]
    if missing:
        field = "contracts" if given.contracts else "items"
        raise InvalidPayload({field: f"there is no contract {', '.join(missing[:10])}"})
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(given.items):
        if (item.contract, item.line) in seen:
            raise InvalidPayload({f"items.{number}": f"{item.contract} {item.line} is given twice; add the quantities"})
        seen.add((item.contract, item.line))
    return by_code


def _all_lines(contracts: Iterable[Contract], at: date) -> Iterable[ItemInput]:
    for contract in contracts:
        version = effective_version(contract, at)
        if version is None:
            raise InvalidPayload({"contracts": f"{contract.code} has no version that holds on {at}"})
        for code in version.lines.order_by("code").values_list("code", flat=True):
            yield ItemInput(contract=contract.code, line=code)


def _audit(action: str, row: Contract | Batch, by: Caller, request_id: str | None, **details: Any) -> None:
    audit.record(
        caller=by,
        action=action,
        target_type=str(row._meta.model_name),
        target_id=row.code,
        tenant_id=row.tenant_id,
        details=details,
        request_id=request_id,
    )
