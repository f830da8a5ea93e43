"""Companies House: the register of companies of the United Kingdom.

Source: Companies House Public Data API, free to use again with its name. 600 calls in five minutes,
then 429. What it leaves out of an answer is as good as unknown, seldom an error.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from .errors import Rejected
from .http import Answer, Client
from .loose_json import day, flag, mapping, mappings, text, texts, whole

NAME = "companies-house"
#: Of a kept answer: the register changes by day.
KEPT = timedelta(days=1)
#: Most that the register gives at once.
PAGE = 100

_NUMBER = re.compile(r"[A-Z0-9]{8}")
_ADDRESS = (
    "care_of",
    "po_box",
    "premises",
    "address_line_1",
    "address_line_2",
    "locality",
    "region",
    "postal_code",
    "country",
)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """next_due: of the next accounts. made_up_to, type: of the last. year_end: month and day."""

    next_due: date | None
    overdue: bool | None
    made_up_to: date | None
    type: str
    year_end: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class CompanyProfile:
    """status: in the register's words, such as `active`; empty where it says none, as for some old kinds.

    has_charges, has_insolvency_history: None where the register does not say.
    """

    number: str
    name: str
    status: str
    type: str
    created_on: date | None
    dissolved_on: date | None
    sic_codes: tuple[str, ...]
    address: str
    postal_code: str
    accounts: Accounts
    confirmation_due: date | None
    confirmation_overdue: bool | None
    has_charges: bool | None
    has_insolvency_history: bool | None
    previous_names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FoundCompany:
    """One hit of a search by name."""

    number: str
    name: str
    status: str
    type: str
    created_on: date | None
    address: str


@dataclass(frozen=True, kw_only=True)
class Officer:
    """resigned_on: None while in office."""

    name: str
    role: str
    occupation: str
    appointed_on: date | None
    resigned_on: date | None


@dataclass(frozen=True, kw_only=True)
class Filing:
    """category, type, description: the register's codes, such as accounts, AA, accounts-with-accounts-type-full."""

    transaction_id: str
    category: str
    type: str
    description: str
    filed_on: date | None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """status: outstanding, part-satisfied, satisfied or fully-satisfied. persons_entitled: the lenders."""

    id: str
    status: str
    created_on: date | None
    delivered_on: date | None
    satisfied_on: date | None
    persons_entitled: tuple[str, ...]

    @property
    def is_outstanding(self) -> bool:
        return self.status in {"outstanding", "part-satisfied"}


@dataclass(frozen=True, kw_only=True)
class InsolvencyCase:
    """dates: what happened and when, such as ("wound-up-on", 2024-05-01)."""

    number: str
    type: str
    dates: tuple[tuple[str, date], ...]


def company_number(given: str) -> str:
    """The number as the register writes it: eight characters, zeros in front. Raises Rejected."""
    plain = given.strip().upper().replace(" ", "")
    number = plain.zfill(8) if plain.isascii() and plain.isdigit() else plain
    if not _NUMBER.fullmatch(number):
        raise Rejected(
            f"{given[:40]!r} is no Companies House number; it has eight characters, such as 01234567 or SC123456.",
            provider=NAME,
        )
    return number


def profile(client: Client, number: str) -> CompanyProfile:
    """The company's entry. Raises NotFound for a number that nobody has."""
    answer = client.get(_path(number), cache=KEPT)
    entry = mapping(answer.json())
    if not text(entry.get("company_number")) or not text(entry.get("company_name")):
        raise answer.bad("the entry has no company_number or no company_name")
    address = mapping(entry.get("registered_office_address"))
    confirmation = mapping(entry.get("confirmation_statement"))
    previous = mappings(entry.get("previous_company_names"))
    return CompanyProfile(
        number=text(entry["company_number"]),
        name=text(entry["company_name"]),
        status=text(entry.get("company_status")),
        type=text(entry.get("type")),
        created_on=day(entry.get("date_of_creation")),
        dissolved_on=day(entry.get("date_of_cessation")),
        sic_codes=texts(entry.get("sic_codes")),
        address=_one_line(address),
        postal_code=text(address.get("postal_code")),
        accounts=_accounts(mapping(entry.get("accounts"))),
        confirmation_due=day(confirmation.get("next_due")),
        confirmation_overdue=flag(confirmation.get("overdue")),
        # links.charges is there also where there are none.
        has_charges=flag(entry.get("has_charges")),
        has_insolvency_history=flag(entry.get("has_insolvency_history")),
        previous_names=texts([name.get("name") for name in previous]),
    )


def search(client: Client, name: str, *, most: int = 20) -> tuple[FoundCompany, ...]:
    """Companies whose present or earlier name is like this, the register's best guess first; at most 100."""
    params = {"q": name, "items_per_page": min(most, PAGE)}
    found = _items(client.get("/search/companies", params=params, cache=KEPT))
    return tuple(
        FoundCompany(
            number=text(item["company_number"]),
            name=text(item.get("title")),
            status=text(item.get("company_status")),
            type=text(item.get("company_type")),
            created_on=day(item.get("date_of_creation")),
            address=text(item.get("address_snippet")) or _one_line(mapping(item.get("address"))),
        )
        for item in found
        if text(item.get("company_number"))
    )


def officers(client: Client, number: str) -> tuple[Officer, ...]:
    """Up to 100 present and past officers. Names, roles and dates only: nothing else of them is kept."""
    return tuple(
        Officer(
            name=text(item["name"]),
            role=text(item.get("officer_role")),
            occupation=text(item.get("occupation")),
            appointed_on=day(item.get("appointed_on")),
            resigned_on=day(item.get("resigned_on")),
        )
        for item in _part(client, number, "officers")
        if text(item.get("name"))
    )


def filing_history(client: Client, number: str) -> tuple[Filing, ...]:
    """The last 100 documents, newest first."""
    return tuple(
        Filing(
            transaction_id=text(item.get("transaction_id")),
            category=text(item.get("category")),
            type=text(item.get("type")),
            description=text(item.get("description")),
            filed_on=day(item.get("date")),
        )
        for item in _part(client, number, "filing-history")
    )


def charges(client: Client, number: str) -> tuple[Charge, ...]:
    """Up to 100 charges; none is the register's 404."""
    return tuple(
        Charge(
            id=text(item.get("id")) or text(item.get("charge_code")) or text(item.get("charge_number")),
            status=text(item.get("status")),
            created_on=day(item.get("created_on")),
            delivered_on=day(item.get("delivered_on")),
            satisfied_on=day(item.get("satisfied_on")),
            persons_entitled=texts([person.get("name") for person in mappings(item.get("persons_entitled"))]),
        )
        for item in _part(client, number, "charges")
    )


def insolvency(client: Client, number: str) -> tuple[InsolvencyCase, ...]:
    """All insolvency cases; none is the register's 404."""
    return tuple(
        InsolvencyCase(number=text(case.get("number")), type=text(case.get("type")), dates=_dates(case))
        for case in _part(client, number, "insolvency", items="cases")
    )


def _path(number: str) -> str:
    return f"/company/{quote(company_number(number), safe='')}"


def _part(client: Client, number: str, part: str, *, items: str = "items") -> list[dict[str, Any]]:
    params = {"items_per_page": PAGE} if items == "items" else None
    answer = client.get(f"{_path(number)}/{part}", params=params, cache=KEPT, empty=(404,))
    return [] if answer.status == 404 else _items(answer, items)


def _items(answer: Answer, name: str = "items") -> list[dict[str, Any]]:
    """The list of an answer; without results the register leaves it out."""
    body = answer.json()
    if not isinstance(body, dict) or not isinstance(body.get(name, []), list):
        raise answer.bad(f"it has no list named {name}")
    return mappings(body.get(name))


def _accounts(entry: dict[str, Any]) -> Accounts:
    last = mapping(entry.get("last_accounts"))
    following = mapping(entry.get("next_accounts"))
    reference = mapping(entry.get("accounting_reference_date"))
    month, on = whole(reference.get("month")), whole(reference.get("day"))
    return Accounts(
        next_due=day(entry.get("next_due")) or day(following.get("due_on")),
        overdue=flag(entry.get("overdue", following.get("overdue"))),
        made_up_to=day(last.get("made_up_to")),
        type=text(last.get("type")),
        year_end=(month, on) if month and on else None,
    )


def _dates(case: dict[str, Any]) -> tuple[tuple[str, date], ...]:
    found = [(text(item.get("type")), day(item.get("date"))) for item in mappings(case.get("dates"))]
    return tuple((what, when) for what, when in found if when)


def _one_line(address: dict[str, Any]) -> str:
    return ", ".join(part for part in (text(address.get(name)) for name in _ADDRESS) if part)
