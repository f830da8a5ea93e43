"""The registers of Oregon and Colorado, and which registers are read at all."""

from typing import Any

import pytest

from providers.ucc import (
    Action,
    colorado,
)
from providers.ucc.live import live_source
from tests.providers.servers import Sources
from tests.providers.ucc.readings import Read
from tests.providers.ucc.registers import Register


def test_oregons_rows_are_parties_and_only_its_last_month_is_there(source: Sources) -> None:
    register = Register(source("ucc-oregon"))
    row = {
        "file_number": "93000001",
        "file_type": "UCC 1",
        "lien_type": "UCC",
        "filing_date": "2026-10-02T00:00:00.000",
    }
    register.holds(
        "snfi-f79b",
        [
            row | {"party_type": "DB", "entity": "ACME LLC", "entity_type": "ORG", "mail_addr_1": "1 Main St"},
            row | {"party_type": "SP", "entity": "EXAMPLE BANK", "city_descr": "PORTLAND", "st_cd_txt": "OR"},
            row | {"party_type": "XX", "entity": "NOBODY"},
        ],
    )
    reading = Read("OR")

    [filing] = reading.filings()

    assert [(party.role, party.name) for party in filing.parties] == [
        ("debtor", "ACME LLC"),
        ("secured", "EXAMPLE BANK"),
    ]
    assert (filing.action, filing.lapses_on) == (Action.INITIAL, None)
    assert "last month only" in reading.remarks[-1]
    assert "party_type 'XX' is neither DB nor SP" in str(reading.problems[0])


def colorado_filing(number: int, **other: Any) -> dict[str, Any]:
    return {
        "transactionid": f"T{number}",
        "fileid": f"F{number}",
        "transactiontype": "Initial Filing",
        "filingtype": "ucc",
        "filingdate": "2026-01-05T00:00:00.000",
        "lapsedate": "9999-12-31T00:00:00.000",
        **other,
    }


def test_colorados_four_tables_are_joined_page_by_page(source: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorado, "FILINGS_A_PAGE", 2)
    register = Register(source("ucc-colorado"))
    amendment = {"transactiontype": "Amendment", "masterdocumentid": "T1", "terminationflag": "true"}
    register.holds("wffy-3uut", [colorado_filing(n) for n in (1, 2, 3)] + [colorado_filing(4, **amendment)])
    register.holds(
        "8upq-58vz", [{"debtorid": f"D{n}", "fileid": f"F{n}", "organizationname": f"ACME {n}"} for n in (1, 2, 3)]
    )
    register.holds(
        "ap62-sav4",
        [
            {"spid": "1", "fileid": "F2", "firstname": "ADA", "lastname": "KELM"},
            {"spid": "2", "fileid": "F3", "organizationname": "OLD BANK", "assignor": "Y"},
        ],
    )
    register.holds("4am6-w6u4", [{"collateralid": "1", "fileid": "F1", "collateraldescription": "All assets"}])
    reading = Read("CO")

    filings = {filing.file_number: filing for filing in reading.filings()}

    assert [party.name for party in filings["T1"].parties] == ["ACME 1"]
    assert (filings["T1"].collateral, filings["T1"].lapses_on) == (("All assets",), None)
    assert [(party.role, party.kind) for party in filings["T2"].parties][1] == ("secured", "individual")
    assert [party.role for party in filings["T3"].parties] == ["debtor", "assignor"]
    assert (filings["T4"].original_file_number, filings["T4"].action) == ("T1", Action.TERMINATION)
    assert [page["$offset"] for page in register.pages("wffy-3uut")] == ["0", "2", "4"]
    assert {page["$order"] for page in register.pages("4am6-w6u4")} == {"collateralid,fileid"}
    assert reading.problems == []


def test_a_key_that_repeats_on_the_next_page_is_one_filing(source: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colorado, "FILINGS_A_PAGE", 2)
    register = Register(source("ucc-colorado"))
    register.holds("wffy-3uut", [colorado_filing(1), colorado_filing(2), colorado_filing(2, fileid="F2b")])
    register.holds("8upq-58vz", [{"debtorid": "1", "fileid": file, "organizationname": file} for file in ("F2", "F2b")])
    for table in ("ap62-sav4", "4am6-w6u4"):
        register.holds(table, [])

    _, second = Read("CO").filings()

    assert [party.name for party in second.parties] == ["F2", "F2b"]


def test_only_a_register_that_is_open_and_switched_on_is_read(source: Sources) -> None:
    assert live_source("CT", days=90) is None

    source("ucc-connecticut")

    assert live_source("CT", days=90) is not None
    assert live_source("NY", days=90) is None
