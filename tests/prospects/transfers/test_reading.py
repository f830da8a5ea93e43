"""Uploaded files: what is read, and what is refused before it does harm."""

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook

from prospects.transfers import cells, reading
from prospects.transfers.errors import BadCell, BadFile
from prospects.transfers.fields import guess, missing, values_of
from prospects.transfers.reading import read
from prospects.transfers.writing import cell, csv_pieces


def xlsx(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(content: bytes, name: str = "list.csv") -> list[tuple[int, list[str]]]:
    return [(row.number, row.cells) for row in read(content, name)]


@pytest.mark.parametrize(
    "content",
    [
        b"name,state\nAcme,TX\n",
        b"\xef\xbb\xbfname;state\r\nAcme;TX\r\n",
        "name\tstate\nAcme\tTX\n".encode("utf-16"),
        b'"name","state"\n"Acme","TX"\n',
    ],
)
def test_any_common_csv_is_read(content: bytes) -> None:
    assert rows_of(content) == [(1, ["name", "state"]), (2, ["Acme", "TX"])]


def test_empty_rows_are_passed_over_and_rows_keep_the_number_a_spreadsheet_shows() -> None:
    assert rows_of(b"name\n\nAcme\n,\nBest\n") == [(1, ["name"]), (3, ["Acme"]), (5, ["Best"])]


def test_a_sheet_is_read_as_texts() -> None:
    content = xlsx(["name", "employees", "founded", "ok"], ["Acme", 120.0, date(2020, 1, 31), True], [None], ["B", 1.5])

    assert rows_of(content, "list.xlsx") == [
        (1, ["name", "employees", "founded", "ok"]),
        (2, ["Acme", "120", "2020-01-31", "yes"]),
        (4, ["B", "1.5"]),
    ]


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)

    with pytest.raises(BadFile, match="too large when unpacked"):
        rows_of(out.getvalue())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"PK\x03\x04nonsense", "no XLSX"),
        (b"\xd0\xcf\x11\xe0old", "Save it as .xlsx"),
        (b"name\n\x00\n", "no text"),
        (b'name\n"open', "no CSV"),
        (b",".join([b"x"] * 201), "201 columns"),
        (b"name\n" + b"x" * 10_001, "more than 10,000 characters"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(content: bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        rows_of(content)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 2)

    assert len(rows_of(b"h\n1\n2\n")) == 3
    with pytest.raises(BadFile, match="Split it"):
        rows_of(b"h\n1\n2\n3\n")
    monkeypatch.setattr(reading, "MOST_SHEET_ROWS", 1)
    with pytest.raises(BadFile, match="Save it as CSV"):
        rows_of(xlsx(["h"], ["1"], ["2"]))


def test_columns_are_guessed_from_their_headers() -> None:
    assert guess("companies", ["Company Name", "Web-site", "ZIP code", "Employee_Count", "Notes", "Account ID"]) == {
        "name": 0,
        "domain": 1,
        "postal_code": 2,
        "employees": 3,
        "key": 5,
    }
    assert guess("prospects", ["Debtor", "ST"]) == {"name": 0, "state": 1}
    assert missing("contacts", guess("contacts", ["Full name", "E-mail"])) == ["Company id"]


def test_a_wrong_cell_names_its_column_and_the_remedy() -> None:
    mapping = {"name": 0, "state": 1}

    assert values_of("prospects", mapping, ["Acme", "TX"]) == ({"name": "Acme", "state": "TX"}, [])
    _, problems = values_of("prospects", mapping, ["", "Texas"])
    assert [(one.column, one.message) for one in problems] == [
        ("Name", "is empty; fill it in"),
        ("State", "must be the two letters of a US state or DC, such as TX"),
    ]


@pytest.mark.parametrize(
    ("parse", "given", "expected"),
    [
        (cells.domain, "https://www.Acme.com/about", "acme.com"),
        (cells.slug, "https://www.linkedin.com/in/Ana-Farmer/?x=1", "ana-farmer"),
        (cells.number, "$1,234.50", Decimal("1234.50")),
        (cells.number, "'-5", Decimal(-5)),
        (cells.day, "01/31/2026", date(2026, 1, 31)),
        (cells.day, "2026-01-31T00:00:00", date(2026, 1, 31)),
        (cells.flag, "X", True),
        (cells.words, "a, b; a", ["a", "b"]),
        (cells.text(5), "'=1+1", "=1+1"),
    ],
)
def test_cells_are_read_as_people_write_them(parse, given, expected) -> None:
    assert parse(given) == expected


@pytest.mark.parametrize(
    ("parse", "given"),
    [
        (cells.domain, "acme"),
        (cells.email, "ana@"),
        (cells.whole, "1.5"),
        (cells.whole, "-1"),
        (cells.number, "1,23"),
        (cells.number, "NaN"),
        (cells.day, "2026-02-30"),
        (cells.country, "USA"),
        (cells.text(3), "four"),
        (cells.slug, "https://evil.example/in/x"),
    ],
)
def test_cells_that_do_not_fit_are_refused(parse, given) -> None:
    with pytest.raises(BadCell):
        parse(given)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_becomes_text_and_comes_back_as_it_was(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cells.unguarded(cell(text)) == text


def test_numbers_stay_numbers() -> None:
    assert [cell(value) for value in (-5, Decimal("-1.50"), 0, None, True, ["a", "b"], "O'Neil")] == [
        "-5",
        "-1.50",
        "0",
        "",
        "yes",
        "a, b",
        "O'Neil",
    ]
    assert b"".join(csv_pieces(["name"], [["a,b"], ["=x"]])) == b'\xef\xbb\xbfname\r\n"a,b"\r\n\'=x\r\n'
