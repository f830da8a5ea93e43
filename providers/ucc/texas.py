"""Importer of the Texas bulk files: JSON objects, each with a record code.

Source: Secretary of State, "UCC Bulk Order File Layouts", rev. 7/22/2025. It fixes the record codes
(1 master, 2 organization debtor, 3 individual debtor, 4 organization secured party, 5 individual
secured party, 6 amendment, 9 trailer), the master's filing number, type, status A or L and expiration
date YYYYMMDD, and a debtor's name and address.

Not verified, as no delivered file was at hand: the spelling of the JSON names, the fields of codes 3
to 6, the order of the records, and the meaning of the type codes. Names are therefore compared
without case, blanks and punctuation, after the layout's own descriptions, and `TexasLayout` adds
others; records may come in any order; type codes are kept as they are. The layout has no filing date
in the master record: unless a file carries one, it stays unknown and is not made up.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import BadRow, UnreadableFile
from .fields import MAX_ADDRESS, MAX_NAME, MAX_NUMBER, compact_date, party_name, required, shown, text
from .inbox import OpenFile
from .json_objects import JsonObjects
from .reading import Reading, RowProblem
from .records import Action, FilingRecord, LienStatus, PartyKind, PartyRecord, PartyRole, SourceLabel

MASTER, AMENDMENT, TRAILER = 1, 6, 9
PARTIES = {
    2: (PartyRole.DEBTOR, PartyKind.ORGANISATION),
    3: (PartyRole.DEBTOR, PartyKind.INDIVIDUAL),
    4: (PartyRole.SECURED, PartyKind.ORGANISATION),
    5: (PartyRole.SECURED, PartyKind.INDIVIDUAL),
}
STATUSES = {"A": LienStatus.ACTIVE, "L": LienStatus.LAPSED}
#: Our names by the file's, reduced to letters and digits and without a party's prefix.
NAMES = {
    "recordcode": "code",
    "initialfilingnumber": "number",
    "filingnumber": "number",
    "filingtype": "lien_type",
    "filingstatus": "status",
    "expirationdate": "lapses_on",
    "filingdate": "filed_on",
    "initialfilingdate": "filed_on",
    "name": "name",
    "lastname": "last_name",
    "surname": "last_name",
    "firstname": "first_name",
    "middlename": "middle_name",
    "suffix": "suffix",
    "streetaddress": "street",
    "city": "city",
    "state": "region",
    "zipcode": "zip",
    "zipcodeextension": "zip_extension",
    "countrycode": "country",
    "amendmentfilingnumber": "amendment_number",
    "amendmentnumber": "amendment_number",
    "amendmenttype": "amendment_type",
    "amendmentdate": "amended_on",
    "amendmentfilingdate": "amended_on",
}
_PREFIX = re.compile(r"^(organization|individual)?(debtor|securedparty)?(?=[a-z])")
#: Parties of one filing that are held together; more of them follow as another account of it.
_MOST_HELD = 500
_REMEDY = "Only the Texas bulk layout is known as JSON; any other file can be brought as CSV, see docs/ucc-csv.md"


@dataclass(frozen=True, kw_only=True)
class TexasLayout:
    """What a delivery may spell differently.

    names: our field by the file's name, such as {"filedDate": "filed_on"}; added to NAMES.
    amendment_types: what a code of record 6 does; others count as an amendment.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    amendment_types: Mapping[str, Action] = field(default_factory=dict)


def looks_like_json(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_texas(
    file: OpenFile, *, state: str, label: SourceLabel, reading: Reading, layout: TexasLayout
) -> Iterator[FilingRecord]:
    """Check the first object at once, then stream the filings. Raises UnreadableFile."""
    if state != "TX":
        raise UnreadableFile(
            file=file.name, line=1, problem="is a Texas bulk file", remedy="Move it into the folder TX"
        )
    objects, fields = JsonObjects(file.stream), _FieldNames(layout)
    try:
        first = objects.next_object()
        problem = "holds no record" if first is None else "" if "code" in fields(first) else "has no record code"
    except BadRow as error:
        problem = str(error)
    if problem:
        raise UnreadableFile(file=file.name, line=objects.line, problem=problem, remedy=_REMEDY)
    return _Importer(file, objects, fields, layout, label, reading).filings(first)


class _FieldNames:
    """A record under our names; names that mean nothing to us are dropped."""

    def __init__(self, layout: TexasLayout) -> None:
        self._known = NAMES | {_reduced(name): ours for name, ours in layout.names.items()}
        self._seen: dict[str, str | None] = {}

    def __call__(self, record: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for name, value in record.items():
            ours = self._seen[name] if name in self._seen else self._look_up(name)
            if ours is not None:
                found[ours] = value
        return found

    def _look_up(self, name: str) -> str | None:
        reduced = _reduced(name)
        ours = self._known.get(reduced) or self._known.get(_PREFIX.sub("", reduced))
        if len(self._seen) < 1000:  # a broken file may have endlessly many names
            self._seen[name] = ours
        return ours


def _reduced(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


class _Importer:
    """Gathers the records of one filing while they follow each other."""

    def __init__(
        self,
        file: OpenFile,
        objects: JsonObjects,
        fields: _FieldNames,
        layout: TexasLayout,
        label: SourceLabel,
        reading: Reading,
    ) -> None:
        self._file = file
        self._objects = objects
        self._fields = fields
        self._layout = layout
        self._label = label
        self._reading = reading
        self._held: FilingRecord | None = None
        self._parties: dict[PartyRecord, None] = {}
        self._unknown_codes: set[int] = set()
        self._count = 0

    def filings(self, first: dict[str, Any] | None) -> Iterator[FilingRecord]:
        record = first
        while record is not None:
            if self._count % 64 == 0:
                self._reading.advance(self._file.share())
            self._count += 1
            try:
                yield from self._take(self._fields(record))
            except BadRow as error:
                self._reject(error)
            record = self._next()
        yield from self._release()

    def _next(self) -> dict[str, Any] | None:
        while True:
            try:
                return self._objects.next_object()
            except BadRow as error:
                self._reject(error)

    def _reject(self, error: BadRow) -> None:
        self._reading.reject(RowProblem(file=self._file.name, line=self._objects.line, reason=str(error)))

    def _take(self, record: dict[str, Any]) -> Iterator[FilingRecord]:
        code = _code(record)
        if code == TRAILER:
            return
        if code != MASTER and code != AMENDMENT and code not in PARTIES:
            if code not in self._unknown_codes and len(self._unknown_codes) < 20:
                self._unknown_codes.add(code)
                self._reading.remark(f"{self._file.name}: records with code {code} are not used")
            return
        number = required(_text(record, "number"), "initial filing number", MAX_NUMBER)
        # All checks before the filing is begun: a bad record must not leave an empty one behind.
        if code == AMENDMENT:
            amendment = self._amendment(record, number)
            # It stands for itself: its statement may be far away, or in another file.
            if self._held is not None and self._held.file_number != number:
                yield from self._release()
            yield amendment
        elif code == MASTER:
            told = _master(record)
            yield from self._begin(number)
            self._held = (self._held or self._statement(number))._replace(**told)
        else:
            party = _party(record, *PARTIES[code])
            yield from self._begin(number)
            self._parties[party] = None

    def _begin(self, number: str) -> Iterator[FilingRecord]:
        """Go on with this filing, letting go of another one."""
        if self._held is None or self._held.file_number != number or len(self._parties) >= _MOST_HELD:
            yield from self._release()
            self._held = self._statement(number)

    def _release(self) -> Iterator[FilingRecord]:
        if self._held is not None:
            yield self._held._replace(parties=tuple(self._parties))
        self._held = None
        self._parties = {}

    def _statement(self, number: str) -> FilingRecord:
        return FilingRecord(
            state="TX",
            original_file_number=number,
            file_number=number,
            action=Action.INITIAL,
            source=self._label,
            told_in=self._file.name,
            told_at=self._file.at(self._count),
        )

    def _amendment(self, record: dict[str, Any], number: str) -> FilingRecord:
        kind = _text(record, "amendment_type").strip()
        return self._statement(number)._replace(
            file_number=required(_text(record, "amendment_number"), "amendment number", MAX_NUMBER),
            action=self._layout.amendment_types.get(kind, Action.AMENDMENT),
            filed_on=compact_date(_text(record, "amended_on"), "amendment date"),
        )


def _code(record: Mapping[str, Any]) -> int:
    value = _text(record, "code").strip()
    if not (value.isascii() and value.isdecimal() and len(value) <= 2):
        raise BadRow(f"record code {shown(value)} is not a number" if value else "has no record code")
    return int(value)


def _text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise BadRow(f"{name} is neither text nor a whole number")


def _master(record: Mapping[str, Any]) -> dict[str, Any]:
    status = _text(record, "status").strip().upper()
    if status and status not in STATUSES:
        raise BadRow(f"filing status {shown(status)} is neither A nor L")
    return {
        "status": STATUSES.get(status),
        "lien_type": text(_text(record, "lien_type"), "filing type", MAX_NUMBER),
        "lapses_on": compact_date(_text(record, "lapses_on"), "expiration date"),
        "filed_on": compact_date(_text(record, "filed_on"), "filing date"),
    }


def _party(record: Mapping[str, Any], role: PartyRole, kind: PartyKind) -> PartyRecord:
    first, middle, last, suffix = (
        text(_text(record, part), part, MAX_NAME) for part in ("first_name", "middle_name", "last_name", "suffix")
    )
    name = text(_text(record, "name"), "name", MAX_NAME) or " ".join(filter(None, (first, middle, last, suffix)))
    if not name:
        raise BadRow(f"{role.value} has no name")
    street, city, region, code, extension, country = (
        text(_text(record, part), part, MAX_ADDRESS)
        for part in ("street", "city", "region", "zip", "zip_extension", "country")
    )
    return PartyRecord(
        role=role,
        kind=kind,
        name=party_name(name, f"{role.value} name"),
        first_name=first,
        middle_name=middle,
        last_name=last,
        suffix=suffix,
        street=street,
        city=city,
        region=region,
        postal_code=f"{code}-{extension}" if code and extension.strip("0") else code,
        country=country,
    )
