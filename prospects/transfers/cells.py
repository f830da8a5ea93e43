"""From the text of a cell to the value of a field. Each raises BadCell with what would fit."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from providers.ucc.states import STATES

from .errors import BadCell

Parse = Callable[[str], Any]

_GUARDED = re.compile(r"'(?=[=+\-@\t\r])")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}\Z")
_SLUG = re.compile(r"(?:https?://(?:[a-z]+\.)?linkedin\.com/in/)?([\w%-]{3,100})/?(?:\?.*)?\Z", re.IGNORECASE)
_DATES = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d")
#: A number as sheets show it: 1,234.5 or 1234.5, with a sign and a currency mark.
_NUMBER = re.compile(r"[-+]?[$€£]?\s?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\Z")


def unguarded(text: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would run; see writing.py."""
    return _GUARDED.sub("", text, count=1)


def text(longest: int) -> Parse:
    def parse(cell: str) -> str:
        value = unguarded(cell)
        if len(value) > longest:
            raise BadCell(f"is longer than {longest} characters; shorten it")
        if any(ord(letter) < 32 for letter in value.replace("\n", " ").replace("\r", " ").replace("\t", " ")):
            raise BadCell("holds a character that cannot be stored; type it anew")
        return value

    return parse


def state(cell: str) -> str:
    word = cell.strip().upper()
    if word not in STATES:
        raise BadCell("must be the two letters of a US state or DC, such as TX")
    return word


def country(cell: str) -> str:
    word = cell.strip().upper()
    if not re.fullmatch(r"[A-Z]{2}", word):
        raise BadCell("must be the two letters of a country, such as US")
    return word


def domain(cell: str) -> str:
    word = re.sub(r"^https?://", "", cell.strip().lower()).split("/")[0].removeprefix("www.")
    if not _DOMAIN.match(word):
        raise BadCell("must be a domain such as acme.com")
    return word


def email(cell: str) -> str:
    # Loaded for the first address: its tables of characters would make every process start slower.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(cell.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise BadCell(f"must be an e-mail address: {error}") from None


def slug(cell: str) -> str:
    found = _SLUG.match(cell.strip())
    if found is None:
        raise BadCell("must be a profile address such as https://www.linkedin.com/in/ana-farmer")
    return found.group(1).lower()


def whole(cell: str) -> int:
    try:
        value = number(cell)
    except BadCell:
        value = Decimal(-1)
    if value != value.to_integral_value() or not 0 <= value <= 2_000_000_000:
        raise BadCell("must be a whole number, such as 120")
    return int(value)


def number(cell: str) -> Decimal:
    word = unguarded(cell).replace("\u00a0", "")
    if not _NUMBER.match(word):
        raise BadCell("must be a number such as 1234.50")
    try:
        return Decimal(re.sub(r"[$€£,\s]", "", word))
    except InvalidOperation:
        raise BadCell("must be a number such as 1234.50") from None


def day(cell: str) -> date:
    word = cell.strip()[:10]
    for form in _DATES:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise BadCell("must be a date such as 2026-01-31")


def flag(cell: str) -> bool:
    word = cell.strip().lower()
    if word in {"yes", "y", "true", "1", "x"}:
        return True
    if word in {"no", "n", "false", "0"}:
        return False
    raise BadCell("must be yes or no")


def words(cell: str) -> list[str]:
    found = list(dict.fromkeys(word.strip() for word in re.split(r"[,;|]", unguarded(cell)) if word.strip()))
    if any(len(word) > 100 for word in found):
        raise BadCell("has a part of more than 100 characters; shorten it")
    return found


def one_of(*allowed: str) -> Parse:
    def parse(cell: str) -> str:
        word = cell.strip().lower()
        if word not in allowed:
            raise BadCell(f"must be one of {', '.join(allowed)}")
        return word

    return parse
