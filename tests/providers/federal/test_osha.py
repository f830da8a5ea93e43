"""OSHA's inspections and violations, played by a local server in their documented shapes."""

import json
from datetime import date
from decimal import Decimal

import pytest

from providers import osha
from providers.http import client_for
from tests.providers.servers import Sources

from .paths import OSHA_PATHS

INSPECTION = {
    "activity_nr": 316421,
    "estab_name": "ACME FOUNDRY",
    "site_address": "1 MILL RD",
    "site_city": "TOLEDO",
    "site_state": "OH",
    "site_zip": "43604",
    "naics_code": "331511",
    "insp_type": "A",
    "union_status": "N",
    "nr_in_estab": "120",
    "open_date": "2026-05-04T00:00:00",
    "close_case_date": None,
}

VIOLATION = {
    "activity_nr": "316421",
    "citation_id": "01001A",
    "delete_flag": "",
    "standard": "19101030 D01",
    "viol_type": "S",
    "issuance_date": "2026-06-01",
    "current_penalty": "4100.5",
    "initial_penalty": 8200,
}


def test_inspections_are_asked_for_by_the_beginning_of_a_name(source: Sources) -> None:
    fake = source("osha")
    fake.answers(OSHA_PATHS["inspection"], json={"data": [INSPECTION, {"estab_name": "NO NUMBER"}]})

    (found,) = osha.inspections(client_for("osha"), "Acme 100% Foundry", state="OH")

    asked = json.loads(fake.requests[0].args["filter_object"])
    assert asked == {
        "and": [
            {"field": "estab_name", "operator": "like", "value": "ACME 100 FOUNDRY%"},
            {"field": "site_state", "operator": "eq", "value": "OH"},
        ]
    }
    assert (found.activity_number, found.employees, found.opened_on) == ("316421", 120, date(2026, 5, 4))
    assert found.closed_on is None


def test_inspections_from_before_are_left_out_here_whatever_the_service_compares(source: Sources) -> None:
    old = INSPECTION | {"activity_nr": 2, "open_date": "2019-01-01"}
    source("osha").answers(OSHA_PATHS["inspection"], json={"data": [INSPECTION, old]})

    found = osha.inspections(client_for("osha"), "Acme", since=date(2024, 1, 1))

    assert [one.activity_number for one in found] == ["316421"]


def test_violations_come_with_exact_penalties_and_whether_they_count(source: Sources) -> None:
    withdrawn = VIOLATION | {"citation_id": "01002", "delete_flag": "X"}
    source("osha").answers(OSHA_PATHS["violation"], json={"data": [VIOLATION, withdrawn]})

    first, second = osha.violations(client_for("osha"), ["316421"])

    assert (first.type, first.issued_on, first.deleted) == ("S", date(2026, 6, 1), False)
    assert (first.current_penalty, first.initial_penalty) == (Decimal("4100.5"), Decimal(8200))
    assert second.deleted


def test_violations_of_many_inspections_take_one_call_for_twenty(source: Sources) -> None:
    fake = source("osha")
    fake.answers(OSHA_PATHS["violation"], status=204)

    assert osha.violations(client_for("osha"), [str(number) for number in range(45)]) == ()

    sizes = [len(json.loads(request.args["filter_object"])["or"]) for request in fake.requests]
    assert sizes == [20, 20, 5]


@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_answer_of_osha_is_nothing_found(source: Sources, status: int) -> None:
    source("osha").answers(OSHA_PATHS["inspection"], status=status, content=b"")

    assert osha.inspections(client_for("osha"), "Acme") == ()
