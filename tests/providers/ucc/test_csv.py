"""The plain CSV format."""

from datetime import date

import pytest

from providers.ucc import Action, LienStatus, PartyKind, PartyRole, SourceLabel, UnreadableFile
from tests.providers.ucc.inbox import HEADER, Inbox

GOOD = "1,2026-01-31,Acme Inc"


def test_a_row_becomes_a_filing_with_its_parties(inbox: Inbox) -> None:
    inbox.drop_rows(
        '77,2026-01-31,"Acme, Inc.",1 Main St,Albany,NY,12207,Example Bank,2031-01-31,active,ucc,All assets',
        header="file_number,filed_on,debtor_name,debtor_street,debtor_city,debtor_state,debtor_zip,"
        "secured_name,lapses_on,status,lien_type,collateral",
    )

    [filing] = inbox.read()

    assert (filing.state, filing.file_number, filing.original_file_number) == ("NY", "77", "77")
    assert (filing.action, filing.filed_on, filing.lapses_on) == (Action.INITIAL, date(2026, 1, 31), date(2031, 1, 31))
    assert (filing.status, filing.lien_type, filing.collateral) == (LienStatus.ACTIVE, "ucc", ("All assets",))
    assert filing.source is SourceLabel.FILE
    debtor, secured = filing.parties
    assert (debtor.role, debtor.name, debtor.city) == (PartyRole.DEBTOR, "Acme, Inc.", "Albany")
    assert (debtor.region, debtor.postal_code) == ("NY", "12207")
    assert (secured.role, secured.name) == (PartyRole.SECURED, "Example Bank")


def test_registers_names_and_spellings_of_columns_are_understood(inbox: Inbox) -> None:
    inbox.drop("\ufeffFiling Number,FILING-DATE,Debtor,Secured Party\n9,2026-01-31,Acme,Bank\n")

    [filing] = inbox.read()

    assert filing.file_number == "9"
    assert [party.name for party in filing.parties] == ["Acme", "Bank"]


def test_an_individual_is_put_together_from_its_parts(inbox: Inbox) -> None:
    inbox.drop_rows("1,2026-01-31,,Ada,Kelm,Jr", header=f"{HEADER},debtor_first_name,debtor_last_name,debtor_suffix")

    [party] = inbox.read()[0].parties

    assert (party.kind, party.name, party.last_name) == (PartyKind.INDIVIDUAL, "Ada Kelm Jr", "Kelm")


def test_rows_of_one_filing_that_follow_each_other_are_one_filing(inbox: Inbox) -> None:
    inbox.drop_rows(GOOD, "1,2026-01-31,Beta LLC", "2,2026-02-01,Gamma LLC")

    first, second = inbox.read()

    assert [party.name for party in first.parties] == ["Acme Inc", "Beta LLC"]
    assert [party.name for party in second.parties] == ["Gamma LLC"]


def test_an_amendment_needs_no_debtor(inbox: Inbox) -> None:
    inbox.drop_rows("5,2026-03-01,,1,termination", "6,2026-03-02,,1,", header=f"{HEADER},original_file_number,action")

    assert [(filing.original_file_number, filing.action) for filing in inbox.read()] == [
        ("1", Action.TERMINATION),
        ("1", Action.AMENDMENT),
    ]


def test_the_day_that_means_never_is_no_lapse_date(inbox: Inbox) -> None:
    inbox.drop_rows("1,2026-01-31,Acme,9999-12-31", header=f"{HEADER},lapses_on")

    assert inbox.read()[0].lapses_on is None


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,2026-01-31", "has 2 cells, the header has 3"),
        ("1,2026-01-31,Acme,extra", "has 4 cells, the header has 3"),
        ("1,2026-02-30,Acme", "filed_on '2026-02-30' is not a date of the form YYYY-MM-DD"),
        ("1,01/31/2026,Acme", "filed_on '01/31/2026' is not a date"),
        ("1,2026-W05-6,Acme", "is not a date"),
        ("1,0001-01-01,Acme", "is not between 1900 and 2199"),
        ("1,,Acme", "filed_on is missing"),
        (",2026-01-31,Acme", "file_number is missing"),
        ("1,2026-01-31,", "debtor_name is missing"),
        ("1,2026-01-31,---", "has neither letter nor digit"),
        ("1,2026-01-31,Ac\x00me", "debtor_name contains a NUL byte"),
        (f"1,2026-01-31,{'A' * 301}", "debtor_name is longer than 300 characters"),
        (f"1,2026-01-31,{'A' * 200_000}", "field larger than field limit"),
        (f"1,2026-01-31,{'A' * 2_000_000}", "field larger than field limit"),
        ('1,2026-01-31,"Acme" Inc', "cannot be read as CSV"),
    ],
)
def test_a_bad_row_is_named_with_its_line_and_the_others_stay(inbox: Inbox, row: str, reason: str) -> None:
    inbox.drop_rows("8,2026-01-01,First", row, "9,2026-01-02,Last")

    assert [filing.file_number for filing in inbox.read()] == ["8", "9"]
    [problem] = inbox.problems
    assert (problem.file, problem.line) == ("NY/filings.csv", 3)
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("action", "delete", "action 'delete' is none of initial, amendment"),
        ("action", "continuation", "so original_file_number must not be this filing's own"),
        ("status", "open", "status 'open' is none of active, lapsed, terminated"),
        ("state", "CA", "state is 'CA', but the file lies in the folder of NY"),
        ("debtor_kind", "alien", "debtor_kind 'alien' is neither organisation nor individual"),
        ("lapses_on", "soon", "lapses_on 'soon' is not a date"),
    ],
)
def test_a_wrong_word_is_named(inbox: Inbox, column: str, value: str, reason: str) -> None:
    inbox.drop_rows("1,2026-01-31,Acme,", f"2,2026-01-31,Acme,{value}", header=f"{HEADER},{column}")

    assert len(inbox.read()) == 1
    assert reason in inbox.reasons[0]


def test_latin_1_bytes_cost_their_own_row_only(inbox: Inbox) -> None:
    inbox.drop(f"{HEADER}\n1,2026-01-31,Caf\xe9 Ltd\n".encode("latin-1") + b"2,2026-01-31,Caf\xc3\xa9 Ltd\n")

    assert [filing.parties[0].name for filing in inbox.read()] == ["Café Ltd"]
    assert inbox.reasons == ["NY/filings.csv line 2: debtor_name is not valid UTF-8; save the file as UTF-8"]


def test_a_forgotten_quotation_mark_costs_one_row(inbox: Inbox) -> None:
    inbox.drop_rows('1,2026-01-31,"Acme', "2,2026-01-31,Beta", '3,2026-01-31,"Gamma"', "4,2026-01-31,Delta")

    assert [filing.file_number for filing in inbox.read()] == ["2", "3", "4"]
    assert [problem.line for problem in inbox.problems] == [2]


def test_a_text_over_several_lines_is_one_row_and_lines_are_counted_through_it(inbox: Inbox) -> None:
    inbox.drop_rows('1,2026-01-31,Acme,"two\nlines"', "bad", header=f"{HEADER},collateral")

    assert inbox.read()[0].collateral == ("two\nlines",)
    assert inbox.problems[0].line == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "NY/filings.csv line 1: the file is empty"),
        ("\n\n", "the file is empty"),
        ("a,b,c\n1,2,3\n", "line 1: the header row lacks file_number, filed_on, debtor_name"),
        ("file_number;filed_on;debtor_name\n", "separate the columns with commas"),
        (f"{HEADER},debtor\n{GOOD},x\n", "names debtor_name more than once"),
        (f"{HEADER}\n", "the file holds no row"),
        (
            f"{HEADER}\n1,yesterday,Acme\n2,today,Acme\n",
            "line 2: no row can be used; the first one: filed_on 'yesterday'",
        ),
        (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "is of no known format"),
        (b"PK\x03\x04anything", "is of no known format"),
        ("<Document/>", "holds no element FileDetail or Transaction"),
        ('"file_number\n', "cannot be read as CSV"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_line_and_remedy(
    inbox: Inbox, content: str | bytes, message: str
) -> None:
    inbox.drop(content)

    with pytest.raises(UnreadableFile) as failure:
        inbox.read()

    assert message in str(failure.value)
    assert str(failure.value).startswith("NY/filings.csv line ")


def test_columns_that_are_not_used_are_said(inbox: Inbox) -> None:
    inbox.drop_rows("1,2026-01-31,Acme,7", header=f"{HEADER},lapse_on")

    inbox.read()

    assert inbox.remarks == ["NY/filings.csv: columns not used: 'lapse_on'"]


def test_only_filings_in_the_date_range_are_delivered_bounds_included(inbox: Inbox) -> None:
    inbox.drop_rows(*(f"{day},2026-01-{day},Acme" for day in ("09", "10", "11", "12")))

    found = inbox.read(start=date(2026, 1, 10), end=date(2026, 1, 11))

    assert [filing.file_number for filing in found] == ["10", "11"]
