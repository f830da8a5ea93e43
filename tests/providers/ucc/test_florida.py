"""Florida's federal tax liens, in lines of fixed width."""

from datetime import date

import pytest

from providers.ucc import (
    Action,
    FilesSource,
    FilingRecord,
    FloridaLayout,
    LienStatus,
    Reading,
    TexasLayout,
    UnreadableFile,
)
from providers.ucc.florida import PLACES
from tests.providers.ucc.inbox import Inbox


def line(kind: str, length: int, /, **values: str) -> str:
    """A line in the shape of the layout: each value in its place, blanks around."""
    cells = [" "] * length
    for name, value in values.items():
        first, last = (int(end) for end in PLACES[f"{kind}.{name}"].split("-"))
        cells[first - 1 : last] = value.ljust(last - first + 1)[: last - first + 1]
    return "".join(cells)


FILING = line("filing", 82, number="26000000001", filed_on="01052026", status="A", lapses_on="20360105")
DEBTOR = line(
    "party", 206, number="26000000001", name="ACME ORCHARDS LLC", street="1 GROVE RD", city="OCALA", region="FL",
    postal_code="34470", country="US",
)  # fmt: skip
PERSON = line("party", 206, number="26000000001", kind="P", name="KELM ADA")
IRS = line("party", 206, number="26000000001", name="INTERNAL REVENUE SERVICE")
EVENT = line("event", 320, original_number="26000000001", number="26000000077", filed_on="02012026", words="RELEASE")


def read(inbox: Inbox, *lines: str, name: str = "flrf.txt") -> list[FilingRecord]:
    inbox.drop("\r\n".join([*lines, ""]), name, state="FL")
    return inbox.read("FL")


def test_a_filing_has_its_dates_in_either_order_and_its_status(inbox: Inbox) -> None:
    [filing] = read(inbox, FILING)

    assert (filing.file_number, filing.action, filing.lien_type) == ("26000000001", Action.INITIAL, "federal_tax_lien")
    assert (filing.filed_on, filing.lapses_on) == (date(2026, 1, 5), date(2036, 1, 5))
    assert filing.status is LienStatus.ACTIVE


def test_the_name_of_a_file_of_parties_says_their_role(inbox: Inbox) -> None:
    [debtors] = read(inbox, DEBTOR, PERSON, name="1-flrdebtor.txt")

    assert [(party.role, party.kind, party.name) for party in debtors.parties] == [
        ("debtor", "organisation", "ACME ORCHARDS LLC"),
        ("debtor", "individual", "KELM ADA"),
    ]
    assert (debtors.parties[0].city, debtors.parties[0].postal_code) == ("OCALA", "34470")

    _, secured = read(inbox, IRS, name="2-flrsecured.txt")
    assert secured.parties[0].role == "secured"

    with pytest.raises(UnreadableFile, match="Put deb or sec into the file's name"):
        read(inbox, IRS, name="3-parties.txt")


def test_a_release_ends_the_lien_and_belongs_to_it(inbox: Inbox) -> None:
    [event] = read(inbox, EVENT)

    assert (event.original_file_number, event.file_number) == ("26000000001", "26000000077")
    assert (event.action, event.filed_on) == (Action.TERMINATION, date(2026, 2, 1))


def test_a_bad_line_is_named_and_the_others_stay(inbox: Inbox) -> None:
    wrong = line("filing", 82, number="26000000002", filed_on="99992026")

    found = read(inbox, FILING, wrong, FILING[:80], line("filing", 82, number="26000000003", filed_on="20260105"))

    assert [filing.file_number for filing in found] == ["26000000001", "26000000003"]
    assert [problem.line for problem in inbox.problems] == [2, 3]
    assert "filing date '20269999' is not a date" in inbox.problems[0].reason
    assert "has 80 characters" in inbox.problems[1].reason


def test_other_places_of_the_fields_can_be_given(inbox: Inbox) -> None:
    inbox.drop(f"26000000001 {'2026-'}20260105".ljust(82) + "\n", "flrf.txt", state="FL")
    layout = FloridaLayout(places={"filing.filed_on": "18-25", "filing.lapses_on": "80-81", "filing.status": "82-82"})

    [filing] = FilesSource(inbox.path, TexasLayout(), layout).read("FL", None, None, reading=Reading())

    assert filing.filed_on == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("places", "problem"), [({"x": "1-2"}, "x is none of"), ({"party.name": "9-1"}, "'9-1' is not")]
)
def test_places_that_make_no_sense_are_named(inbox: Inbox, places: dict[str, str], problem: str) -> None:
    inbox.drop(FILING + "\n", "flrf.txt", state="FL")
    source = FilesSource(inbox.path, TexasLayout(), FloridaLayout(places=places))

    with pytest.raises(UnreadableFile, match=problem):
        next(source.read("FL", None, None, reading=Reading()))


def test_the_files_of_another_state_are_refused(inbox: Inbox) -> None:
    inbox.drop(FILING + "\n", "flrf.txt", state="GA")

    with pytest.raises(UnreadableFile, match="Move it into the folder FL"):
        inbox.read("GA")
