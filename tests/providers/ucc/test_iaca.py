"""Bulk data as XML in the form of the filing offices' association."""

import tracemalloc
from collections import deque
from datetime import date
from pathlib import Path

import pytest

from providers.ucc import Action, FilesSource, FilingRecord, PartyKind, Reading, TexasLayout, UnreadableFile
from tests.providers.ucc.inbox import Inbox

RECORDED = Path(__file__).parent / "recorded" / "iaca-filings.xml"
DETAIL = "<FileDetail><FileNumber>{n}</FileNumber><FileDate>20260105 0930</FileDate>{more}</FileDetail>"


def read(inbox: Inbox, content: str | bytes) -> list[FilingRecord]:
    inbox.drop(content, "bulk.xml", state="CA")
    return inbox.read("CA")


def test_a_recorded_file_becomes_its_filings(inbox: Inbox) -> None:
    first, second = read(inbox, RECORDED.read_bytes())

    assert (first.file_number, first.action, first.lien_type) == ("267000000001", Action.INITIAL, "ucc")
    assert (first.filed_on, first.lapses_on) == (date(2026, 1, 5), date(2031, 1, 5))
    assert [party.name for party in first.parties] == ["EXAMPLE BAKERY & SONS, LLC", "ADA KELM", "EXAMPLE BANK, N.A."]
    assert [party.role for party in first.parties] == ["debtor", "debtor", "secured"]
    assert (first.parties[0].street, first.parties[0].postal_code) == ("1 MILL LANE", "94280")
    assert (first.parties[1].kind, first.parties[1].last_name) == (PartyKind.INDIVIDUAL, "KELM")
    assert first.collateral == ("All assets of the debtor.",)
    assert (second.original_file_number, second.action) == ("217000000009", Action.CONTINUATION)
    assert (second.filed_on, second.lapses_on, second.lien_type) == (date(2026, 1, 6), None, "FixtureFiling")


def test_a_namespace_and_other_places_of_the_elements_do_not_matter(inbox: Inbox) -> None:
    content = RECORDED.read_text().replace("<Document>", '<Document xmlns="urn:iaca">')

    assert [filing.file_number for filing in read(inbox, content)] == ["267000000001", "267000000002"]


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        (DETAIL.format(n="", more=""), "FileNumber is missing"),
        (DETAIL.format(n="7", more="<LapseDate>soon</LapseDate>"), "LapseDate 'soon' is not a date"),
        (
            DETAIL.format(n="7", more="<Debtors><Names><OrganizationName>--</OrganizationName></Names></Debtors>"),
            "has neither letter nor digit",
        ),
    ],
)
def test_a_bad_filing_is_named_with_its_line_and_the_others_stay(inbox: Inbox, detail: str, reason: str) -> None:
    content = f"<Document>\n{DETAIL.format(n='1', more='')}\n{detail}\n{DETAIL.format(n='2', more='')}\n</Document>"

    assert [filing.file_number for filing in read(inbox, content)] == ["1", "2"]
    assert inbox.problems[0].line == 3
    assert reason in inbox.problems[0].reason


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("<html><body/></html>", "holds no element FileDetail or Transaction"),
        ("<Document><FileDetail>", "is no well-formed XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><Document/>', "declares what is not accepted"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(inbox: Inbox, content: str, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^CA/bulk\.xml line \d") as failure:
        read(inbox, content)

    assert problem in str(failure.value)


def test_a_file_broken_off_keeps_what_came_before(inbox: Inbox) -> None:
    many = "\n".join(DETAIL.format(n=number, more="") for number in range(2000))
    inbox.drop(f"<Document>{many}<FileDetail>", "bulk.xml", state="CA")
    found: list[str] = []

    records = FilesSource(inbox.path, TexasLayout()).read("CA", None, None, reading=Reading())

    with pytest.raises(UnreadableFile, match="no well-formed XML"):
        deque(map(found.append, (record.file_number for record in records)))

    assert len(found) > 1000


def test_a_filing_without_end_is_refused_before_it_fills_memory(inbox: Inbox) -> None:
    endless = "<ColText>" + "x" * (5 << 20) + "</ColText>"

    with pytest.raises(UnreadableFile, match="a filing is longer than 4 MB"):
        read(inbox, "<Document>" + DETAIL.format(n="1", more=endless) + "</Document>")


def test_memory_does_not_grow_with_the_file(inbox: Inbox) -> None:
    inbox.drop(
        "<Document>" + "\n".join(DETAIL.format(n=number, more="") for number in range(20_000)) + "</Document>",
        "bulk.xml",
        state="CA",
    )
    tracemalloc.start()
    try:
        count = sum(1 for _ in FilesSource(inbox.path, TexasLayout()).read("CA", None, None, reading=Reading()))
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 20_000
    assert peak_bytes < 4_000_000
