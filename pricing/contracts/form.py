"""A contract as the fields of a form, and back: names are places such as `terms.components.0.weight`.

The form holds what most contracts say. What it cannot hold is told, so that nothing is lost by editing.
"""

import re
from collections.abc import Mapping
from typing import Any

from ..calculation import parse_terms, terms_json

#: What a new contract proposes.
DEFAULTS: dict[str, str] = {
    "terms.currency": "USD",
    "terms.fixed": "",
    "terms.unpublished": "fail",
    "terms.deadBand.mode": "excess",
    "terms.rounding.mode": "HALF_UP",
    "terms.rounding.average": "6",
    "terms.rounding.ratio": "4",
    "terms.rounding.factor": "",
    "terms.rounding.price": "2",
    "terms.rounding.amount": "2",
}
COMPONENT_DEFAULTS = {
    "base.kind": "value",
    "current.window.unit": "month",
    "current.window.count": "1",
    "current.window.lag": "0",
    "missing": "skip",
}
BASE_KINDS = ("value", "on", "between")
ROUNDED = ("average", "ratio", "factor", "price", "amount")
ALWAYS_ROUNDED = ("price", "amount")
HEAD = ("code", "name", "counterparty", "effectiveFrom", "note")
LINE = ("code", "description", "unit", "basePrice", "quantity")
_ITEM = re.compile(r"(terms\.components|lines)\.(\d{1,4})\.(.+)")


class NotInTheForm(ValueError):
    """These terms say something that the form has no field for."""


def contract_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """What the fields say, as the API takes it. Fields left empty are left out."""
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    contract: dict[str, Any] = {name: given[name] for name in HEAD if name in given}
    contract["terms"] = _terms(given)
    contract["lines"] = [
        {name: row[name] for name in LINE if name in row} for row in _items(given, "lines") if set(row) & set(LINE)
    ]
    return contract


def fields_of(contract: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a contract whose terms can be read. Raises NotInTheForm where a part has no field, WrongTerms."""
    terms = terms_json(parse_terms(contract["terms"]))
    fields = {name: str(contract[name]) for name in HEAD if contract.get(name)}
    if terms["family"] != "index":
        raise NotInTheForm("a difference instead of an index")
    fields |= _fields_of_terms(terms)
    for number, line in enumerate(contract.get("lines", [])):
        if line.get("content") is not None:
            raise NotInTheForm(f"content of the line {line.get('code')}")
        fields |= {f"lines.{number}.{name}": str(line[name]) for name in LINE if line.get(name) not in (None, "")}
    again = terms_json(parse_terms(_terms({name: value for name, value in fields.items() if value})))
    if again != terms:
        different = sorted(name for name in terms if again.get(name) != terms[name])
        raise NotInTheForm(f"something in {', '.join(different)}")
    return fields


def dense(fields: Mapping[str, str]) -> dict[str, str]:
    """The same with components and lines numbered from 0, and without those that say nothing."""
    kept = {name: value for name, value in fields.items() if not _ITEM.fullmatch(name)}
    for kind, says in (("terms.components", _says_something), ("lines", bool)):
        rows = [
            row for row in _items({name: value for name, value in fields.items() if value.strip()}, kind) if says(row)
        ]
        kept |= {f"{kind}.{number}.{name}": row[name] for number, row in enumerate(rows) for name in row}
    return kept


def item_numbers(fields: Mapping[str, str], kind: str) -> list[int]:
    """The numbers of the components (`terms.components`) or `lines` that the fields name, in order."""
    return sorted({int(found[2]) for name in fields if (found := _ITEM.fullmatch(name)) and found[1] == kind})


# --- From fields ------------------------------------------------------------------------------------
def _terms(given: Mapping[str, str]) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "family": "index",
        "components": [_component(row) for row in _items(given, "terms.components") if _says_something(row)],
        "rounding": _rounding(given),
    }
    for name in ("currency", "fixed", "unpublished"):
        if value := given.get(f"terms.{name}"):
            terms[name] = value
    if percent := given.get("terms.deadBand.percent"):
        terms["deadBand"] = {"percent": percent, "mode": given.get("terms.deadBand.mode", "excess")}
        if given.get("terms.deadBand.applies"):
            terms["deadBand"]["applies"] = given["terms.deadBand.applies"]
    if collar := _collar(given):
        terms["collar"] = collar
    return terms


def _items(given: Mapping[str, str], kind: str) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {number: {} for number in item_numbers(given, kind)}
    for name, value in given.items():
        match = _ITEM.fullmatch(name)
        if match and match[1] == kind:
            found[int(match[2])][match[3]] = value
    return [found[number] for number in sorted(found)]


def _says_something(row: Mapping[str, str]) -> bool:
    """Choices have a value from the start; who left all else empty wants no such component."""
    return any(name not in COMPONENT_DEFAULTS and name != "frequency" for name in row)


def _component(row: Mapping[str, str]) -> dict[str, Any]:
    component: dict[str, Any] = {
        name: row[name] for name in ("name", "series", "weight", "frequency", "missing") if name in row
    }
    component.setdefault("name", row.get("series", ""))
    component["base"] = _base(row)
    component["current"] = {
        "window": {
            "unit": row.get("current.window.unit", "month"),
            "count": _whole(row.get("current.window.count", "1")),
            "lag": _whole(row.get("current.window.lag", "0")),
        }
    }
    return component


def _base(row: Mapping[str, str]) -> dict[str, Any]:
    match row.get("base.kind", "value"):
        case "on":
            return {"on": row.get("base.on", "")}
        case "between":
            return {"between": {"from": row.get("base.between.from", ""), "to": row.get("base.between.to", "")}}
        case _:
            return {"value": row["base.value"]} if "base.value" in row else {}


def _rounding(given: Mapping[str, str]) -> dict[str, Any]:
    """A field that is left empty keeps all digits; prices and amounts then have their usual places."""
    mode = given.get("terms.rounding.mode", "HALF_UP")
    rules: dict[str, Any] = {}
    for name in ROUNDED:
        if places := given.get(f"terms.rounding.{name}"):
            rules[name] = {"places": _whole(places), "mode": mode}
        elif name not in ALWAYS_ROUNDED:
            rules[name] = None
    return rules


def _collar(given: Mapping[str, str]) -> dict[str, Any]:
    collar: dict[str, Any] = {}
    for part in ("period", "cumulative"):
        bounds = {name: value for name in ("cap", "floor") if (value := given.get(f"terms.collar.{part}.{name}"))}
        if bounds:
            collar[part] = bounds
    return collar


def _whole(text: str) -> Any:
    """A whole number; anything else as it was written, for the terms to refuse."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else text


# --- To fields --------------------------------------------------------------------------------------
def _fields_of_terms(terms: Mapping[str, Any]) -> dict[str, str]:
    fields = {f"terms.{name}": str(terms[name]) for name in ("currency", "fixed", "unpublished")}
    if band := terms["deadBand"]:
        fields |= {f"terms.deadBand.{name}": str(value) for name, value in band.items()}
    for part, bounds in (terms["collar"] or {}).items():
        fields |= {f"terms.collar.{part}.{name}": str(value) for name, value in (bounds or {}).items() if value}
    modes = {rule["mode"] for name in ROUNDED if (rule := terms["rounding"][name])}
    fields["terms.rounding.mode"] = min(modes)
    for name in ROUNDED:
        rule = terms["rounding"][name]
        fields[f"terms.rounding.{name}"] = str(rule["places"]) if rule else ""
    for number, component in enumerate(terms["components"]):
        fields |= {f"terms.components.{number}.{name}": value for name, value in _component_fields(component).items()}
    return fields


def _component_fields(component: Mapping[str, Any]) -> dict[str, str]:
    fields = {name: str(component[name]) for name in ("name", "series", "weight", "missing")}
    fields["frequency"] = component["frequency"] or ""
    base, window = component["base"], component["current"]["window"]
    if window is None:
        raise NotInTheForm("a current value that is no window")
    fields |= {f"current.window.{name}": str(value) for name, value in window.items()}
    kind = next((kind for kind in BASE_KINDS if base[kind] is not None), None)
    if kind is None:
        raise NotInTheForm("a base that is a window")
    fields["base.kind"] = kind
    if kind == "between":
        return fields | {f"base.between.{name}": value for name, value in base["between"].items()}
    return fields | {f"base.{kind}": base[kind]}
