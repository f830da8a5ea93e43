"""Checks of single values, shared by all importers. Each raises BadRow with the reason."""

from datetime import date
from functools import lru_cache

from .errors import BadRow
from .records import PartyKind

MAX_NUMBER = 60
MAX_NAME = 300
MAX_ADDRESS = 200
MAX_COLLATERAL = 50_000

#: Registers write this day for liens that never lapse.
NEVER = date(9999, 12, 31)
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


def shown(value: str) -> str:
    """A value short enough for a message."""
    return repr(value if len(value) <= 40 else value[:39] + "…")


def text(value: str, field: str, most: int) -> str:
    """The value without surrounding blanks. PostgreSQL could not store what is refused here."""
    value = value.strip()
    if len(value) > most:
        raise BadRow(f"{field} is longer than {most} characters")
    if "\x00" in value:
        raise BadRow(f"{field} contains a NUL byte")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise BadRow(f"{field} is not valid UTF-8; save the file as UTF-8") from None
    return value


def required(value: str, field: str, most: int) -> str:
    value = text(value, field, most)
    if not value:
        raise BadRow(f"{field} is missing")
    return value


@lru_cache(maxsize=8192)
def iso_date(value: str, field: str) -> date | None:
    """`2026-01-31`; None for nothing and for the day that means never."""
    return _date(value.strip(), field, "YYYY-MM-DD", 10)


@lru_cache(maxsize=8192)
def compact_date(value: str, field: str) -> date | None:
    """`20260131`; None for nothing, for zeros and for the day that means never."""
    value = value.strip()
    return None if not value.strip("0") else _date(value, field, "YYYYMMDD", 8)


def _date(value: str, field: str, form: str, length: int) -> date | None:
    if not value:
        return None
    try:
        # fromisoformat also reads week dates and blanks in places; neither has this length and only these characters.
        if len(value) != length or not value.replace("-", "").isdecimal() or not value.isascii():
            raise ValueError
        found = date.fromisoformat(value)
    except ValueError:
        raise BadRow(f"{field} {shown(value)} is not a date of the form {form}") from None
    if found == NEVER:
        return None
    if not _EARLIEST <= found <= _LATEST:
        raise BadRow(f"{field} {shown(value)} is not between 1900 and 2199")
    return found


def party_kind(value: str, field: str, *, is_person: bool) -> PartyKind:
    """What the row says; else an individual if it has an individual's last name."""
    word = value.lower()
    if not word:
        return PartyKind.INDIVIDUAL if is_person else PartyKind.ORGANISATION
    if word in {"organisation", "organization", "org", "o"}:
        return PartyKind.ORGANISATION
    if word in {"individual", "ind", "i"}:
        return PartyKind.INDIVIDUAL
    raise BadRow(f"{field} {shown(value)} is neither organisation nor individual")


def party_name(name: str, field: str) -> str:
    """A name by which a party can be found again; parts joined to one may be too long together."""
    if len(name) > MAX_NAME:
        raise BadRow(f"{field} is longer than {MAX_NAME} characters")
    if not (name[0].isalnum() or any(map(str.isalnum, name))):
        raise BadRow(f"{field} {shown(name)} has neither letter nor digit")
    return name
