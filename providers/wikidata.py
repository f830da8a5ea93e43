"""Wikidata: what is publicly known of well-known companies.

Source: Wikidata Query Service (SPARQL), CC0. Companies that are dissolved are left out. Of statements
with a date the latest counts, deprecated and ended ones never.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from .errors import BadPayload, Rejected, Transient
from .http import Answer, Client
from .loose_json import day, mapping, mappings, number, text

NAME = "wikidata"
#: Of a kept answer: companies change there by the month.
KEPT = timedelta(days=7)
MOST_COMPANIES = 10

_DAY_PRECISION = 11
_ITEM = re.compile(r"http://www\.wikidata\.org/entity/(Q[1-9][0-9]*)")
#: Labels may stand under "mul" alone: those that are the same in all languages.
_QUERY = """
SELECT ?item ?itemLabel ?property ?value ?valueLabel ?at ?extra WHERE {
  { SELECT DISTINCT ?item WHERE { %(which)s FILTER NOT EXISTS { ?item wdt:P576 ?dissolved } } LIMIT %(most)d }
  OPTIONAL { ?item rdfs:label ?en . FILTER(LANG(?en) = "en") }
  OPTIONAL { ?item rdfs:label ?mul . FILTER(LANG(?mul) = "mul") }
  BIND(COALESCE(?en, ?mul) AS ?itemLabel)
  OPTIONAL {
    { ?item wdt:P856 ?value . BIND("website" AS ?property) }
    UNION { ?item wdt:P159 ?value . BIND("headquarters" AS ?property) }
    UNION { ?item wdt:P452 ?value . BIND("industry" AS ?property) }
    UNION { ?item wdt:P154 ?value . BIND("logo" AS ?property) }
    UNION {
      ?item p:P1128 ?s . ?s ps:P1128 ?value ; wikibase:rank ?rank . FILTER(?rank != wikibase:DeprecatedRank)
      OPTIONAL { ?s pq:P585 ?at } BIND("employees" AS ?property)
    }
    UNION {
      ?item p:P2139 ?s . ?s ps:P2139 ?value ; wikibase:rank ?rank . FILTER(?rank != wikibase:DeprecatedRank)
      OPTIONAL { ?s pq:P585 ?at } OPTIONAL { ?s psv:P2139/wikibase:quantityUnit/wdt:P498 ?extra }
      BIND("revenue" AS ?property)
    }
    UNION {
      ?item p:P571 ?s . ?s psv:P571 ?node ; wikibase:rank ?rank . FILTER(?rank != wikibase:DeprecatedRank)
      ?node wikibase:timeValue ?value ; wikibase:timePrecision ?extra . BIND("founded" AS ?property)
    }
    UNION {
      ?item p:P169 ?s . ?s ps:P169 ?value ; wikibase:rank ?rank . FILTER(?rank != wikibase:DeprecatedRank)
      FILTER NOT EXISTS { ?s pq:P582 ?ended } OPTIONAL { ?s pq:P580 ?at } BIND("chief executive" AS ?property)
    }
    UNION {
      ?item p:P414 ?s . ?s ps:P414 ?value ; wikibase:rank ?rank . FILTER(?rank != wikibase:DeprecatedRank)
      FILTER NOT EXISTS { ?s pq:P582 ?ended } OPTIONAL { ?s pq:P249 ?extra } BIND("exchange" AS ?property)
    }
    OPTIONAL { ?value rdfs:label ?valueEn . FILTER(LANG(?valueEn) = "en") }
    OPTIONAL { ?value rdfs:label ?valueMul . FILTER(LANG(?valueMul) = "mul") }
    BIND(COALESCE(?valueEn, ?valueMul) AS ?valueLabel)
  }
}
"""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """exchange: its name. ticker: empty where nobody wrote it down."""

    exchange: str
    ticker: str


@dataclass(frozen=True, kw_only=True)
class WikidataCompany:
    """What is not known is empty or None.

    employees, revenue: of the latest date, given in `…_as_of` (None where no date is known).
    currency: ISO 4217, of `revenue`. founded_on: only where the very day is known, else see founded_year.
    """

    id: str
    name: str
    website: str
    employees: int | None
    employees_as_of: date | None
    revenue: Decimal | None
    revenue_as_of: date | None
    currency: str
    headquarters: str
    founded_year: int | None
    founded_on: date | None
    industries: tuple[str, ...]
    chief_executive: str
    listings: tuple[Listing, ...]
    logo: str

    @property
    def address(self) -> str:
        """Where people look it up."""
        return f"https://www.wikidata.org/wiki/{self.id}"


def companies(client: Client, *, name: str = "", website: str = "", cik: str = "") -> tuple[WikidataCompany, ...]:
    """Companies that have this English name or alias, this site or this SEC number; at most ten.

    The first of cik, website and name that is given decides. Raises Rejected where none is.
    Several may share a name: whoever asks decides which is meant.
    """
    which = _which(name=name, website=website, cik=cik)
    query = _QUERY % {"which": which, "most": MOST_COMPANIES}
    headers = {"Accept": "application/sparql-results+json"}
    answer = client.get("/sparql", params={"query": query, "format": "json"}, headers=headers, cache=KEPT)
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(answer):
        found = _ITEM.fullmatch(_value(row, "item"))
        if found:
            rows.setdefault(found[1], []).append(row)
    return tuple(_company(item, found) for item, found in rows.items())


def _which(*, name: str, website: str, cik: str) -> str:
    if cik.strip():
        number = cik.strip().lstrip("0")
        spellings = " ".join(dict.fromkeys((_quoted(number.zfill(10)), _quoted(number))))
        return f"VALUES ?cik {{ {spellings} }} ?item wdt:P5531 ?cik ."
    if website.strip():
        host = _host(website)
        sites = " ".join(
            f"<{scheme}://{www}{host}{end}>"
            for scheme in ("https", "http")
            for www in ("www.", "")
            for end in ("/", "")
        )
        return f"VALUES ?site {{ {sites} }} ?item wdt:P856 ?site ."
    if name.strip():
        label = _quoted(name.strip())
        # Organisations only: a name may as well be that of a river or a song.
        return (
            f"VALUES ?name {{ {label}@en {label}@mul }} ?item rdfs:label|skos:altLabel ?name ."
            " FILTER EXISTS { ?item wdt:P31/wdt:P279* wd:Q43229 }"
        )
    raise Rejected("Wikidata is asked by a name, a website or an SEC number.", provider=NAME)


def _host(website: str) -> str:
    try:
        host = urlsplit(website if "://" in website else f"//{website.strip()}").hostname or ""
    except ValueError:
        host = ""
    host = host.rstrip(".").removeprefix("www.")
    if not re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", host):
        raise Rejected(f"{website[:60]!r} is no website; give one such as acme.com.", provider=NAME)
    return host


def _quoted(given: str) -> str:
    """A text of SPARQL; nothing in it can end it."""
    plain = "".join(char if char.isprintable() else " " for char in given)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _rows(answer: Answer) -> list[dict[str, Any]]:
    try:
        body = answer.json()
    except BadPayload as error:
        # A query that runs out of time in the middle of its answer has status 200 and ends in a stack trace.
        if "TimeoutException" in answer.text()[-20_000:]:
            raise Transient(
                "Wikidata ran out of time in the middle of its answer; try again later.", provider=NAME, status=200
            ) from error
        raise
    bindings = mapping(mapping(body).get("results")).get("bindings")
    if not isinstance(bindings, list):
        raise answer.bad("it has no results.bindings")
    return mappings(bindings)


def _value(row: dict[str, Any], name: str) -> str:
    """The text of a variable; empty for what Wikidata calls an unknown value."""
    cell = mapping(row.get(name))
    found = text(cell.get("value"), 2000)
    return "" if cell.get("type") == "bnode" or "/.well-known/genid/" in found else found


def _company(item: str, rows: Sequence[dict[str, Any]]) -> WikidataCompany:
    def told(property_name: str) -> list[dict[str, Any]]:
        return [row for row in rows if _value(row, "property") == property_name and _value(row, "value")]

    employees = _latest(told("employees"))
    revenue = _latest(told("revenue"))
    founded = min((_value(row, "value"), _value(row, "extra")) for row in told("founded")) if told("founded") else None
    headcount = number(_value(employees, "value")) if employees else None
    return WikidataCompany(
        id=item,
        name=_value(rows[0], "itemLabel"),
        website=min((_value(row, "value") for row in told("website")), default=""),
        employees=int(headcount) if headcount is not None else None,
        employees_as_of=day(_value(employees, "at")) if employees else None,
        revenue=number(_value(revenue, "value")) if revenue else None,
        revenue_as_of=day(_value(revenue, "at")) if revenue else None,
        currency=_value(revenue, "extra") if revenue else "",
        headquarters=_first(_labels(told("headquarters"))),
        founded_year=_year(founded[0]) if founded else None,
        founded_on=day(founded[0]) if founded and founded[1] == str(_DAY_PRECISION) else None,
        industries=_labels(told("industry")),
        chief_executive=_value(chief, "valueLabel") if (chief := _latest(told("chief executive"))) else "",
        listings=tuple(sorted(_listings(told("exchange")), key=lambda one: (one.exchange, one.ticker))),
        logo=min((_value(row, "value") for row in told("logo")), default=""),
    )


def _latest(rows: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The row of the latest date; one without a date only where none has one. Equal dates: the greater number."""

    def order(row: dict[str, Any]) -> tuple[date, Decimal, str]:
        amount = number(_value(row, "value")) or Decimal(0)
        return day(_value(row, "at")) or date.min, amount, _value(row, "value")

    return max(rows, key=order, default=None)


def _labels(rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted({label for row in rows if (label := _value(row, "valueLabel"))}))


def _first(found: tuple[str, ...]) -> str:
    return found[0] if found else ""


def _year(when: str) -> int | None:
    year = when[:4]
    return int(year) if year.isascii() and year.isdigit() else None


def _listings(rows: Iterable[dict[str, Any]]) -> set[Listing]:
    return {Listing(exchange=_value(row, "valueLabel"), ticker=_value(row, "extra")) for row in rows}
