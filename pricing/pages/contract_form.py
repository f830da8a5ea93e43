"""Making and amending a contract: as fields, or as JSON for what the fields cannot say."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.methods import GET_AND_POST
from prospects.pages.access import desk_of, page

from ..api.resources import line_resource
from ..calculation import RoundingMode, WrongTerms
from ..contracts import form
from ..contracts.actions import CodeInUse, amend_contract, create_contract
from ..contracts.checking import Preview, check, preview
from ..contracts.inputs import ContractInput, VersionInput
from ..models import Contract, ContractVersion, Frequency, Series
from .asking import CODE
from .contracts import contract_of

#: Lines that a form shows as fields; more are edited as JSON.
MOST_LINES = 60
#: Fields of a new version that belong to the contract and stay.
OF_THE_CONTRACT = ("code", "name", "counterparty")


def add(request: HttpRequest) -> HttpResponse:
    return _answer(request, None)


def amend(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(request, contract_of(desk_of(request), code))


def _answer(request: HttpRequest, contract: Contract | None) -> HttpResponse:
    if request.method != "POST":
        return _page(request, contract, _begun(contract), as_json=request.GET.get("as") == "json")
    given, problem = _given(request)
    if problem:
        return _page(request, contract, given, as_json=True, problems={"json": problem}, text=request.POST.get("json"))
    as_json = request.POST.get("as") == "json"
    match request.POST.get("action"):
        case "json":
            return _page(request, contract, given, as_json=True)
        case "fields":
            return _page(request, contract, given, as_json=False)
        case "preview":
            return _previewed(request, contract, given, as_json=as_json)
        case _:
            return _saved(request, contract, given, as_json=as_json)


# --- What is given ----------------------------------------------------------------------------------
def _given(request: HttpRequest) -> tuple[dict[str, Any], str]:
    """The contract as the API takes it, and why the JSON is none."""
    if request.POST.get("as") != "json":
        names = {name: str(value) for name, value in request.POST.items()}
        return form.contract_of(form.dense(names)), ""
    try:
        content = json.loads(request.POST.get("json", ""), parse_float=str)
    except ValueError as error:
        return {}, f"This is no JSON: {error}"
    if not isinstance(content, dict):
        return {}, "This must be an object with code, effectiveFrom, terms and lines."
    return content, ""


def _begun(contract: Contract | None) -> dict[str, Any] | None:
    """What an amendment starts from: the latest version. None for a new contract."""
    if contract is None:
        return None
    version = contract.versions.order_by("-number").first()
    if version is None:
        return None
    return {
        "code": contract.code,
        "name": contract.name,
        "counterparty": contract.counterparty,
        "effectiveFrom": timezone.now().date().isoformat(),
        "terms": version.terms,
        "lines": [_line(one) for one in version.lines.order_by("code")],
    }


def _line(one: Any) -> dict[str, Any]:
    return {name: value for name, value in line_resource(one).items() if value not in (None, "")}


def _checked(contract: Contract | None, given: Mapping[str, Any]) -> Any:
    if contract is None:
        return check(given)
    return check({name: value for name, value in given.items() if name not in OF_THE_CONTRACT}, model=VersionInput)


# --- What is done -----------------------------------------------------------------------------------
def _saved(request: HttpRequest, contract: Contract | None, given: dict[str, Any], *, as_json: bool) -> HttpResponse:
    checked = _checked(contract, given)
    if checked.given is None:
        return _page(request, contract, given, as_json=as_json, problems=checked.problems)
    try:
        version = _store(request, contract, checked.given)
    except CodeInUse as error:
        return _page(request, contract, given, as_json=as_json, problems={"code": str(error)})
    code = version.contract.code
    messages.success(request, f"{code} is {'amended' if contract else 'made'}: version {version.number}.")
    return HttpResponseRedirect(f"{reverse('pricing:contract', args=[code])}?version={version.number}")


def _store(request: HttpRequest, contract: Contract | None, given: VersionInput) -> ContractVersion:
    desk, request_id = desk_of(request), getattr(request, "request_id", None)
    if contract is not None:
        return amend_contract(contract=contract, given=given, by=desk.caller, request_id=request_id)
    assert isinstance(given, ContractInput)  # noqa: S101  for the type checker
    return create_contract(tenant_id=desk.tenant_id, given=given, by=desk.caller, request_id=request_id)


def _previewed(
    request: HttpRequest, contract: Contract | None, given: dict[str, Any], *, as_json: bool
) -> HttpResponse:
    checked = _checked(contract, given)
    at = _preview_date(request)
    if checked.given is None or at is None:
        problems = checked.problems or {"previewDate": "must be an ISO date such as 2026-01-31"}
        return _page(request, contract, given, as_json=as_json, problems=problems)
    code = contract.code if contract else ""
    shown = preview(given=checked.given, at=at, tenant_id=desk_of(request).tenant_id, code=code)
    return _page(request, contract, given, as_json=as_json, shown=shown)


def _preview_date(request: HttpRequest) -> date | None:
    try:
        return date.fromisoformat(request.POST.get("previewDate", ""))
    except ValueError:
        return None


# --- What is shown ----------------------------------------------------------------------------------
def _page(
    request: HttpRequest,
    contract: Contract | None,
    given: dict[str, Any] | None,
    *,
    as_json: bool,
    problems: dict[str, str] | None = None,
    text: str | None = None,
    shown: Preview | None = None,
) -> HttpResponse:
    fields, beyond = _fields(given, raw=request.POST if request.POST.get("as") == "fields" else None)
    if beyond:
        as_json = True
    desk = desk_of(request)
    context = {
        "contract": contract,
        "as_json": as_json,
        "beyond": beyond,
        "fields": fields,
        "summary": problems or {},
        "problems": _at_fields(problems or {}, fields),
        "json": text if text is not None else json.dumps(given or _EXAMPLE, indent=2, ensure_ascii=False),
        "preview": shown,
        "preview_date": request.POST.get("previewDate") or timezone.now().date().isoformat(),
        "components": [str(one) for one in form.item_numbers(fields, "terms.components")],
        "lines": [str(one) for one in form.item_numbers(fields, "lines")],
        "series": Series.objects.filter(tenant_id=desk.tenant_id).order_by("code")[:500],
        "units": ("observation", "day", "month", "quarter"),
        "frequencies": [("", "as the series says"), *Frequency.choices],
        "modes": [(mode.value, mode.value.lower().replace("_", " ")) for mode in RoundingMode],
        **_CHOICES,
    }
    return render(request, "pricing/contract_form.html", context, status=422 if problems else 200)


def _at_fields(problems: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    """Problems of a part, at the field where a person would look for them."""
    found = dict(problems)
    for name, problem in problems.items():
        if name == "terms":
            found.setdefault("terms.fixed", problem)
        elif name.endswith((".base", ".between")):
            base = name.removesuffix(".between")
            kind = fields.get(f"{base}.kind", "value")
            found.setdefault(f"{base}.between.from" if kind == "between" else f"{base}.{kind}", problem)
    return found


def _fields(given: dict[str, Any] | None, *, raw: Mapping[str, str] | None) -> tuple[dict[str, str], str]:
    """The fields, and what there are none for. What a person typed is shown as it was typed."""
    if raw is not None:
        fields = form.dense({name: str(value) for name, value in raw.items()})
    elif given is None:
        fields = dict(form.DEFAULTS)
    else:
        if len(given.get("lines") or []) > MOST_LINES:
            return {}, f"more than {MOST_LINES} lines"
        try:
            fields = form.fields_of(given)
        except form.NotInTheForm as problem:
            return {}, str(problem)
        except (WrongTerms, KeyError, TypeError, AttributeError):
            return {}, "terms that are not right yet"
    return _with_a_first(fields), ""


def _with_a_first(fields: dict[str, str]) -> dict[str, str]:
    """One component and one line at least to fill in."""
    if not form.item_numbers(fields, "terms.components"):
        fields |= {f"terms.components.0.{name}": value for name, value in form.COMPONENT_DEFAULTS.items()}
    if not form.item_numbers(fields, "lines"):
        fields["lines.0.code"] = ""
    return fields


_CHOICES = {
    "base_kinds": [("value", "a number"), ("on", "the value of a day"), ("between", "the mean of two dates")],
    "missings": [("skip", "are left out"), ("carry", "take the one before"), ("fail", "stop the calculation")],
    "unpublisheds": [("fail", "there is no price"), ("provisional", "the price is provisional")],
    "band_modes": [("excess", "what exceeds it"), ("full", "the whole change")],
    "band_applies": [("above", "is within it"), ("from", "is beyond it")],
}
_EXAMPLE: dict[str, Any] = {
    "code": "",
    "name": "",
    "effectiveFrom": "",
    "terms": {
        "family": "index",
        "currency": "USD",
        "fixed": "0.15",
        "components": [
            {
                "name": "",
                "series": "",
                "weight": "0.85",
                "base": {"value": ""},
                "current": {"window": {"unit": "month", "count": 1, "lag": 1}},
            }
        ],
    },
    "lines": [{"code": "L1", "basePrice": "", "quantity": "1"}],
}

urls = [
    page("add-contract", add, name="contract-add", methods=GET_AND_POST),
    page(rf"contracts/{CODE}/amend", amend, name="contract-amend", methods=GET_AND_POST),
]
