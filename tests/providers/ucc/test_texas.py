"""The Texas bulk layout."""

import json
from datetime import date

import pytest

from providers.ucc import Action, FilingRecord, LienStatus, PartyKind, TexasLayout, UnreadableFile
from tests.providers.ucc.inbox import Inbox, debtor, json_lines, master

RECORDS = [
    master("24-1"),
    debtor("24-1", "ACME LLC"),
    {"Record Code": "4", "Initial Filing Number": "24-1", "Organization Secured Party Name": "EXAMPLE BANK"},
    master("24-2", **{"Filing Status": "L", "Expiration Date": "00000000"}),
    {
        "Record Code": 3,
        "Initial Filing Number": "24-2",
        "Individual Debtor Last Name": "KELM",
        "Individual Debtor First Name": "ADA",
    },
    {"Record Code": "9"},
]


def read(inbox: Inbox, content: str | bytes, layout: TexasLayout | None = None) -> list[FilingRecord]:
    inbox.drop(content, "bulk.json", state="TX")
    return inbox.read("TX", layout=layout)


@pytest.mark.parametrize(
    "content",
    [
        json_lines(RECORDS),
        json.dumps(RECORDS),
        json.dumps(RECORDS, indent=2),
        json.dumps({"records": RECORDS}),
        "\ufeff" + json_lines(RECORDS).replace("\n", "\r\n"),
    ],
    ids=["lines", "array", "indented", "wrapped", "marked"],
)
def test_records_of_one_filing_become_one_filing_however_they_are_laid_out(inbox: Inbox, content: str) -> None:
    first, second = read(inbox, content)

    assert (first.state, first.file_number, first.action) == ("TX", "24-1", Action.INITIAL)
    assert (first.status, first.lapses_on, first.lien_type) == (LienStatus.ACTIVE, date(2029, 1, 31), "1")
    assert [party.name for party in first.parties] == ["ACME LLC", "EXAMPLE BANK"]
    assert (first.parties[0].postal_code, first.parties[0].country) == ("73301-0001", "USA")
    assert (second.status, second.lapses_on) == (LienStatus.LAPSED, None)
    assert (second.parties[0].kind, second.parties[0].name) == (PartyKind.INDIVIDUAL, "ADA KELM")
    assert inbox.problems == []


def test_the_filing_date_stays_unknown_where_the_layout_has_none(inbox: Inbox) -> None:
    assert read(inbox, json_lines(RECORDS))[0].filed_on is None


def test_filings_without_a_date_are_left_out_of_a_date_range_and_that_is_said(inbox: Inbox) -> None:
    inbox.drop(json_lines(RECORDS), "bulk.json", state="TX")

    assert inbox.read("TX", start=date(2024, 1, 1)) == []
    assert inbox.remarks == ["TX/bulk.json: 2 filings say no filing date and were left out of the date range"]


def test_a_deliverys_own_names_can_be_added(inbox: Inbox) -> None:
    layout = TexasLayout(names={"dateFiled": "filed_on"}, amendment_types={"C": Action.CONTINUATION})
    records = [
        master("24-1", dateFiled="20240131"),
        {
            "Record Code": "6",
            "Initial Filing Number": "24-1",
            "Amendment Number": "24-9",
            "Amendment Type": "C",
            "Amendment Date": "20280201",
        },
    ]

    found = {filing.file_number: filing for filing in read(inbox, json_lines(records), layout=layout)}

    assert found["24-1"].filed_on == date(2024, 1, 31)
    assert (found["24-9"].original_file_number, found["24-9"].action) == ("24-1", Action.CONTINUATION)
    assert found["24-9"].filed_on == date(2028, 2, 1)


def test_records_that_do_not_follow_each_other_are_further_accounts_of_the_filing(inbox: Inbox) -> None:
    found = read(inbox, json_lines([master("1"), master("2"), debtor("1", "ACME"), debtor("2", "BETA")]))

    assert [(filing.file_number, len(filing.parties)) for filing in found] == [("1", 0), ("2", 0), ("1", 1), ("2", 1)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "is not valid JSON"),
        ('{"Record Code": "2", "Initial Filing Number": "7"', "is not valid JSON"),
        ("[" * 100 + '"text"', "is not a JSON object"),
        ('{"Record Code": "x"}', "record code 'x' is not a number"),
        ('{"Initial Filing Number": "7"}', "has no record code"),
        (json.dumps(master("")), "initial filing number is missing"),
        (json.dumps(master("7", **{"Filing Status": "Q"})), "filing status 'Q' is neither A nor L"),
        (json.dumps(master("7", **{"Expiration Date": "20291331"})), "expiration date '20291331' is not a date"),
        (json.dumps(master("7", **{"Filing Type": ["1"]})), "lien_type is neither text nor a whole number"),
        (json.dumps(debtor("7", "")), "debtor has no name"),
        (json.dumps(debtor("7", "A" * 301)), "name is longer than 300 characters"),
        (json.dumps(debtor("7", "A\x00B")), "name contains a NUL byte"),
        (json.dumps(debtor("7", "A\ud800B")), "name is not valid UTF-8"),
        ('{"Record Code": "1", "n": ' + "9" * 5000 + "}", "is not valid JSON"),
        ('{"Record Code": ' + "[" * 100_000 + "}", "is not valid JSON"),
    ],
)
def test_a_bad_record_is_named_with_its_line_and_the_others_stay(inbox: Inbox, line: str, reason: str) -> None:
    found = read(inbox, json_lines(RECORDS[:3]) + line + "\n" + json_lines(RECORDS[3:]))

    assert {"24-1", "24-2"} <= {filing.file_number for filing in found}
    assert inbox.problems[0].line == 4
    assert reason in inbox.problems[0].reason


def test_a_broken_record_in_an_array_on_one_line_costs_itself_only(inbox: Inbox) -> None:
    content = json.dumps([master("1"), master("2"), master("3")]).replace('"Initial Filing Number": "2"', '"Ini')

    assert [filing.file_number for filing in read(inbox, content)] == ["1", "3"]
    assert len(inbox.problems) == 1


def test_a_record_cut_by_the_end_of_a_chunk_is_read_whole(inbox: Inbox) -> None:
    records = [debtor(str(number), f"DEBTOR {number} é") for number in range(2000)]

    found = read(inbox, json.dumps(records, ensure_ascii=False))

    assert len(found) == 2000
    assert inbox.problems == []
    assert inbox.shares == sorted(inbox.shares)


def test_records_of_an_unknown_code_are_said_once(inbox: Inbox) -> None:
    read(inbox, json_lines([*RECORDS, {"Record Code": "7"}, {"Record Code": "7"}]))

    assert inbox.remarks == ["TX/bulk.json: records with code 7 are not used"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", "holds no record"),
        ('{"a": 1}', "has no record code"),
        ('{"a": {"b": []}}', "has no record code"),
        ("{", "is not valid JSON"),
        (json_lines([debtor("1", "")]), "no row can be used; the first one: debtor has no name"),
    ],
)
def test_a_file_without_a_usable_record_is_named_with_a_remedy(inbox: Inbox, content: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^TX/bulk\.json line 1: ") as failure:
        read(inbox, content)

    assert message in str(failure.value)


def test_a_texas_file_in_another_states_folder_is_refused(inbox: Inbox) -> None:
    inbox.drop(json_lines(RECORDS), "bulk.json", state="NY")

    with pytest.raises(UnreadableFile, match="Move it into the folder TX"):
        inbox.read("NY")
