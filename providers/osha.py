"""OSHA: inspections of workplaces and the violations that were cited.

Source: the Labor Department's API, version 4. No rate is published; the limit in the catalogue is
careful. An empty answer (204, or 200 without a body) means that there is nothing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .http import Client
from .loose_json import day, mapping, mappings, number, text, whole

NAME = "osha"
KEPT = timedelta(days=1)
#: Most rows of one answer.
PAGE = 10_000
#: Inspections asked about in one call.
BATCH = 20


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """closed_on: None while the case is open. employees: at the site, as the inspector counted."""

    activity_number: str
    establishment: str
    address: str
    city: str
    state: str
    postal_code: str
    naics: str
    type: str
    employees: int | None
    opened_on: date
    closed_on: date | None


@dataclass(frozen=True, kw_only=True)
class Violation:
    """type: W wilful, R repeat, U unclassified, S serious, O other; or what OSHA writes. Penalties are US dollars.

    standard: as OSHA writes it, such as 19101030 D01. deleted: withdrawn; it does not count.
    """

    activity_number: str
    citation_id: str
    standard: str
    type: str
    issued_on: date | None
    current_penalty: Decimal | None
    initial_penalty: Decimal | None
    deleted: bool


def inspections(
    client: Client, establishment: str, *, state: str = "", since: date | None = None, most: int = 200
) -> tuple[Inspection, ...]:
    """Inspections of establishments whose name begins so, newest first. state: two capitals."""
    asked = [_condition("estab_name", "like", f"{_plain(establishment)}%")]
    if state:
        asked.append(_condition("site_state", "eq", state))
    rows = _rows(client, "inspection", {"and": asked}, sort_by="open_date", most=most)
    # Reports of whether the service compares dates disagree, so they are compared here.
    found = (_inspection(row) for row in rows)
    return tuple(one for one in found if one and (since is None or one.opened_on >= since))


def violations(client: Client, activity_numbers: Iterable[str]) -> tuple[Violation, ...]:
    """The violations cited in these inspections, withdrawn ones too; twenty inspections a call."""
    found: list[Violation] = []
    numbers = list(dict.fromkeys(activity_numbers))
    for first in range(0, len(numbers), BATCH):
        asked = {"or": [_condition("activity_nr", "eq", each) for each in numbers[first : first + BATCH]]}
        rows = _rows(client, "violation", asked, sort_by="issuance_date", most=PAGE)
        found += [_violation(row) for row in rows if text(row.get("activity_nr"))]
    return tuple(found)


def _condition(field: str, operator: str, value: str) -> dict[str, str]:
    return {"field": field, "operator": operator, "value": value}


def _plain(name: str) -> str:
    """OSHA writes names in capitals; % and _ would match anything."""
    return " ".join(name.upper().replace("%", " ").replace("_", " ").split())


def _rows(client: Client, table: str, asked: dict[str, Any], *, sort_by: str, most: int) -> Sequence[dict[str, Any]]:
    answer = client.get(
        f"/get/OSHA/{table}/json",
        params={
            "limit": min(most, PAGE),
            "sort_by": sort_by,
            "sort": "desc",
            "filter_object": json.dumps(asked, separators=(",", ":")),
        },
        cache=KEPT,
    )
    if answer.status == 204 or not answer.content.strip():
        return []
    rows = mapping(answer.json()).get("data")
    if not isinstance(rows, list):
        raise answer.bad("it has no list named data")
    return mappings(rows)


def _inspection(row: dict[str, Any]) -> Inspection | None:
    """None for a row without its number or its day: neither can be shown nor found again."""
    activity_number, opened_on = text(row.get("activity_nr")), day(row.get("open_date"))
    if not activity_number or opened_on is None:
        return None
    return Inspection(
        activity_number=activity_number,
        establishment=text(row.get("estab_name")),
        address=text(row.get("site_address")),
        city=text(row.get("site_city")),
        state=text(row.get("site_state")),
        postal_code=text(row.get("site_zip")),
        naics=text(row.get("naics_code")),
        type=text(row.get("insp_type")),
        employees=whole(row.get("nr_in_estab")),
        opened_on=opened_on,
        closed_on=day(row.get("close_case_date")),
    )


def _violation(row: dict[str, Any]) -> Violation:
    return Violation(
        activity_number=text(row["activity_nr"]),
        citation_id=text(row.get("citation_id")),
        standard=text(row.get("standard")),
        type=text(row.get("viol_type")).upper(),
        issued_on=day(row.get("issuance_date")),
        current_penalty=number(row.get("current_penalty")),
        initial_penalty=number(row.get("initial_penalty")),
        deleted=text(row.get("delete_flag")).upper() in {"X", "Y", "1"},
    )
