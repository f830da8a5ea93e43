"""What a list of each kind may say: fields, the headers that mean them, and which a row cannot do without."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..models.imports import ImportKind
from . import cells
from .cells import Parse
from .errors import BadCell


@dataclass(frozen=True, kw_only=True)
class Field:
    """name: of the model's field, and the header that exports write. aliases: further headers, in lower case."""

    name: str
    label: str
    parse: Parse
    aliases: tuple[str, ...] = ()
    required: bool = False


def _text(name: str, label: str, longest: int, *aliases: str, required: bool = False) -> Field:
    return Field(name=name, label=label, parse=cells.text(longest), aliases=aliases, required=required)


_COMPANY_KEY = ("company", "company id", "companyid", "company key", "account id", "crm id")

FIELDS: Mapping[str, tuple[Field, ...]] = {
    ImportKind.PROSPECTS: (
        _text("name", "Name", 300, "company", "company name", "business", "business name", "debtor", required=True),
        Field(name="state", label="State", parse=cells.state, aliases=("st", "region", "us state"), required=True),
    ),
    ImportKind.COMPANIES: (
        _text("key", "Id", 100, "id", *_COMPANY_KEY[1:]),
        _text("name", "Name", 300, "company", "company name", "business", "business name", "account", required=True),
        Field(
            name="domain", label="Domain", parse=cells.domain, aliases=("website", "web site", "web", "url", "homepage")
        ),
        _text("industry", "Industry", 200, "sector", "branch"),
        _text("naics", "NAICS code", 6, "naics code"),
        Field(name="employees", label="Employees", parse=cells.whole, aliases=("employee count", "headcount", "size")),
        Field(name="founded_on", label="Founded", parse=cells.day, aliases=("founded", "founded on", "founding date")),
        Field(name="country", label="Country", parse=cells.country, aliases=("country code",)),
        _text("region", "State or region", 100, "state", "province", "st"),
        _text("city", "City", 200, "town"),
        _text("postal_code", "Postal code", 40, "zip", "zip code", "postcode", "postal code"),
        Field(name="technologies", label="Technologies", parse=cells.words, aliases=("technology", "tech stack")),
        _text("registration_number", "Companies House number", 20, "company number", "registration number"),
        _text("cik", "CIK", 10, "sec number"),
        _text("ticker", "Ticker", 20, "symbol"),
        _text("uei", "UEI", 12, "sam number"),
        Field(name="is_portfolio", label="In the portfolio", parse=cells.flag, aliases=("portfolio", "customer")),
    ),
    ImportKind.CONTACTS: (
        _text("key", "Id", 100, "id", "contact id", "contactid", "contact key"),
        _text("company_key", "Company id", 100, *_COMPANY_KEY, required=True),
        _text("name", "Name", 300, "full name", "contact", "contact name", "person"),
        Field(name="email", label="E-mail", parse=cells.email, aliases=("e-mail", "mail", "email address")),
        Field(
            name="linkedin_slug", label="LinkedIn", parse=cells.slug, aliases=("linkedin", "linkedin url", "profile")
        ),
        _text("job_title", "Job title", 300, "title", "position", "role"),
        _text("location", "Place", 300, "place", "city"),
        _text("lawful_basis", "Lawful basis", 200, "basis", "legal basis"),
    ),
    ImportKind.FIGURES: (
        _text("company_key", "Company id", 100, *_COMPANY_KEY, required=True),
        Field(
            name="name",
            label="Figure",
            parse=cells.one_of("payment", "revenue"),
            aliases=("figure", "metric", "kind"),
            required=True,
        ),
        Field(
            name="period_end",
            label="Period ends",
            parse=cells.day,
            aliases=("period end", "date", "as of"),
            required=True,
        ),
        Field(name="value", label="Value", parse=cells.number, aliases=("amount", "figure value"), required=True),
        _text("currency", "Currency", 3, "ccy"),
    ),
}


def guess(kind: str, header: Sequence[str]) -> dict[str, int]:
    """Field to column, by the headers' names; a column is taken once, and by the field that names it best."""
    plain = [_plain(cell) for cell in header]
    found: dict[str, int] = {}
    for by_name in (True, False):
        for field in FIELDS[kind]:
            wanted = {_plain(field.name), _plain(field.label)} if by_name else {_plain(one) for one in field.aliases}
            column = next((at for at, word in enumerate(plain) if word in wanted and at not in found.values()), None)
            if field.name not in found and column is not None:
                found[field.name] = column
    return found


def _plain(header: str) -> str:
    return re.sub(r"[\s_\-./]+", " ", header.strip().lower()).strip()


def missing(kind: str, mapping: Mapping[str, int]) -> list[str]:
    """Labels of required fields that no column is mapped to."""
    return [field.label for field in FIELDS[kind] if field.required and field.name not in mapping]


@dataclass(frozen=True, kw_only=True)
class Problem:
    column: str
    message: str


def values_of(kind: str, mapping: Mapping[str, int], row: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The fields that the row says something about, and what is wrong with it, each with its column's label."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in FIELDS[kind]:
        column = mapping.get(field.name)
        cell = row[column] if column is not None and column < len(row) else ""
        if not cell:
            if field.required:
                problems.append(Problem(column=field.label, message="is empty; fill it in"))
            continue
        try:
            values[field.name] = field.parse(cell)
        except BadCell as error:
            problems.append(Problem(column=field.label, message=str(error)))
    return values, problems + ([] if problems else list(_together(kind, values)))


def _together(kind: str, values: Mapping[str, Any]) -> list[Problem]:
    """What fits cell by cell and yet not together."""
    if kind == ImportKind.CONTACTS and not (values.keys() & {"key", "email", "linkedin_slug", "name"}):
        return [Problem(column="Name", message="is empty, as are id, e-mail and LinkedIn; give one of them")]
    if kind == ImportKind.FIGURES and values["name"] == "payment" and not 0 <= values["value"] <= 100:
        return [Problem(column="Value", message="must be from 0 to 100 for a payment score")]
    if kind == ImportKind.FIGURES and values["name"] == "revenue" and not values.get("currency"):
        return [Problem(column="Currency", message="is empty; revenue needs one, such as USD")]
    if kind == ImportKind.FIGURES and abs(values["value"]) >= 10**16:
        return [Problem(column="Value", message="is too large")]
    return []
