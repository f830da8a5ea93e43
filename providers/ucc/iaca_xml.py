"""Importer of UCC bulk data as XML in the form of the International Association of Commercial Administrators.

Source: IACA XML Technical Specification 4.00 (2019-05-23), and a delivery of an earlier version seen in public code:
`Document/Record/Results/FileDetail`, one per filing, with `TransType@Type`, `OriginalFileNumber`, `FileNumber`,
`FileDate` as `20130522 1700`, `LapseDate`, `AltFilingType`, `Debtors/DebtorName/Names`, `Secured/Names`,
`Assignor/Names` and `Collateral/ColText`. Elements are found by name wherever they stand in a filing, with or without a
namespace, and what is not named here is passed over.

Not verified: which words a state writes into `TransType@Type`, `AmendmentType@Type` and `AmendmentAction@Action`; they
are told by what they contain, and an unknown one counts as an amendment.
"""

import itertools
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from .errors import BadRow, UnreadableFile
from .fields import (
    MAX_ADDRESS,
    MAX_COLLATERAL,
    MAX_NAME,
    MAX_NUMBER,
    compact_date,
    iso_date,
    party_name,
    required,
    text,
)
from .inbox import OpenFile
from .open_data import action_of
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, PartyKind, PartyRecord, PartyRole, SourceLabel, merged_neighbours

#: The elements that hold one filing: in a bulk delivery, and in the batch of a submitter.
FILINGS = frozenset({"FileDetail", "Transaction"})
_ROLES = {"Debtors": PartyRole.DEBTOR, "Secured": PartyRole.SECURED, "Assignor": PartyRole.ASSIGNOR}
_CHUNK_BYTES = 1 << 16
#: More text than this in one filing is refused, so that a file without an end of a filing cannot fill memory.
MOST_IN_A_FILING = 4 << 20
_REMEDY = "Bring the file in the IACA XML format, or as CSV, see docs/ucc-csv.md"


def looks_like_xml(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def read_iaca_xml(file: OpenFile, *, state: str, label: SourceLabel, reading: Reading) -> Iterator[FilingRecord]:
    """Check at once that the file holds a filing, then stream them. Raises UnreadableFile."""
    elements = _Elements(file, reading)
    first = next(elements, None)
    if first is None:
        raise UnreadableFile(
            file=file.name, line=1, problem="holds no element FileDetail or Transaction", remedy=_REMEDY
        )
    return merged_neighbours(_filings(first, elements, file, state, label, reading))


def _filings(
    first: tuple[int, Element], elements: Iterator[tuple[int, Element]], file: OpenFile, state: str,
    label: SourceLabel, reading: Reading,
) -> Iterator[FilingRecord]:  # fmt: skip
    found: tuple[int, Element] | None = first
    for position in itertools.count(1):
        if found is None:
            return
        line, element = found
        try:
            yield _filing(element, state, label)._replace(told_in=file.name, told_at=file.at(position))
        except BadRow as error:
            reading.reject(RowProblem(file=file.name, line=line, reason=str(error)))
        found = next(elements, None)


class _Elements:
    """The filings of the file one after the other, each with the line it begins on."""

    def __init__(self, file: OpenFile, reading: Reading) -> None:
        self._file = file
        self._reading = reading
        self._done: list[tuple[int, Element]] = []
        self._builder = _Builder(self._done)
        # No document type, entity or outside reference is accepted: they can make a small file endless or read others.
        self._parser: Any = DefusedXMLParser(target=self._builder, forbid_dtd=True)
        self._builder.parser = self._parser.parser
        self._ended = False

    def __iter__(self) -> Iterator[tuple[int, Element]]:
        return self

    def __next__(self) -> tuple[int, Element]:
        while not self._done:
            if self._ended:
                raise StopIteration
            self._feed()
        return self._done.pop(0)

    def _feed(self) -> None:
        self._reading.advance(self._file.share())
        data = self._file.stream.read(_CHUNK_BYTES)
        try:
            if data:
                self._parser.feed(data)
            else:
                self._ended = True
                self._parser.close()
        except ParseError as error:
            raise self._unreadable(error.position[0], f"is no well-formed XML ({error.msg})") from None
        except DefusedXmlException as error:
            problem = f"declares what is not accepted ({type(error).__name__})"
            raise self._unreadable(self._builder.line, problem) from None
        except _TooLong as error:
            raise self._unreadable(self._builder.line, str(error)) from None

    def _unreadable(self, line: int, problem: str) -> UnreadableFile:
        return UnreadableFile(file=self._file.name, line=line, problem=problem, remedy=_REMEDY)


class _TooLong(Exception):
    """One filing holds more than is accepted."""


class _Builder:
    """Builds the element of one filing at a time and nothing around it."""

    def __init__(self, done: list[tuple[int, Element]]) -> None:
        self.parser: Any = None
        self._done = done
        self._open: list[Element] = []
        self._line = 1
        self._size = 0

    @property
    def line(self) -> int:
        return int(self.parser.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if not self._open:
            if name not in FILINGS:
                return
            self._line, self._size = self.line, 0
        element = Element(name, attributes)
        self._count(100)
        if self._open:
            self._open[-1].append(element)
        self._open.append(element)

    def data(self, said: str) -> None:
        if not self._open:
            return
        self._count(len(said))
        element = self._open[-1]
        # Text after a child belongs to no value of the format.
        if not len(element):
            element.text = (element.text or "") + said

    def end(self, tag: str) -> None:
        if not self._open:
            return
        element = self._open.pop()
        if not self._open:
            self._done.append((self._line, element))

    def close(self) -> None:
        return None

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > MOST_IN_A_FILING:
            raise _TooLong(f"a filing is longer than {MOST_IN_A_FILING >> 20} MB")


def _filing(element: Element, state: str, label: SourceLabel) -> FilingRecord:
    number = required(_said(element, "FileNumber"), "FileNumber", MAX_NUMBER)
    original = text(_said(element, "OriginalFileNumber"), "OriginalFileNumber", MAX_NUMBER) or number
    return FilingRecord(
        state=state,
        original_file_number=original,
        file_number=number,
        action=_action(element, is_initial=number == original),
        source=label,
        filed_on=_date(_said(element, "FileDate"), "FileDate"),
        lapses_on=_date(_said(element, "LapseDate"), "LapseDate"),
        lien_type=text(_lien_type(element), "AltFilingType", MAX_NUMBER),
        parties=tuple(_parties(element)),
        collateral=tuple(_collateral(element)),
    )


def _said(element: Element, name: str) -> str:
    """The text of the first element of this name; empty where there is none."""
    return (next((found.text for found in element.iter(name)), "") or "").strip()


def _attribute(element: Element, name: str, attribute: str) -> str:
    return " ".join(filter(None, (found.get(attribute, "") for found in element.iter(name))))


def _action(element: Element, *, is_initial: bool) -> Action:
    words = (_attribute(element, "TransType", "Type"), _attribute(element, "AmendmentType", "Type"))
    return action_of(" ".join([*words, _attribute(element, "AmendmentAction", "Action")]), is_initial=is_initial)


def _lien_type(element: Element) -> str:
    """AltFilingType in 4.00 says it in AltType, earlier versions in Type; NOAltType means an ordinary one."""
    said = _attribute(element, "AltFilingType", "AltType") or _attribute(element, "AltFilingType", "Type")
    return "ucc" if said.lower() in {"", "noalttype", "notype"} else said


def _date(value: str, field: str) -> Any:
    """`20130522 1700`, `20130522`, `2013-05-22` or `2013-05-22T17:00:00`."""
    day = value.replace("T", " ").partition(" ")[0]
    return iso_date(day, field) if "-" in day else compact_date(day, field)


def _parties(element: Element) -> Iterator[PartyRecord]:
    for name, role in _ROLES.items():
        for group in element.iter(name):
            for names in group.iter("Names"):
                party = _party(names, role)
                if party:
                    yield party


def _party(names: Element, role: PartyRole) -> PartyRecord | None:
    first, middle, last, suffix = (
        text(_said(names, part), part, MAX_NAME) for part in ("FirstName", "MiddleName", "LastName", "Suffix")
    )
    # 4.00 names the parts of a person after the model law, earlier versions as above.
    last = last or text(_said(names, "Surname"), "Surname", MAX_NAME)
    first = first or text(_said(names, "FirstPersonalName"), "FirstPersonalName", MAX_NAME)
    organisation = text(_said(names, "OrganizationName"), "OrganizationName", MAX_NAME)
    shown = organisation or " ".join(filter(None, (first, middle, last, suffix)))
    if not shown:
        return None
    street, city, region, code, country = (
        text(_said(names, part), part, MAX_ADDRESS)
        for part in ("MailAddress", "City", "State", "PostalCode", "Country")
    )
    person = {} if organisation else {"first_name": first, "middle_name": middle, "last_name": last, "suffix": suffix}
    return PartyRecord(
        role=role,
        kind=PartyKind.ORGANISATION if organisation else PartyKind.INDIVIDUAL,
        name=party_name(shown, f"{role.value} name"),
        street=street,
        city=city,
        region=region,
        postal_code=code,
        country=country,
        **person,
    )


def _collateral(element: Element) -> Iterator[str]:
    for found in element.iter("ColText"):
        said = text(found.text or "", "ColText", MAX_COLLATERAL)
        if said:
            yield said
