"""SEC EDGAR: tickers, submissions, and the figures that companies reported.

Sources: www.sec.gov/files/company_tickers.json, data.sec.gov/submissions and data.sec.gov/api/xbrl. No
key; ten calls a second for one user, wherever they come from, and a contact in the User-Agent. What
to do with the figures is in providers/sec_facts.py.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from .errors import AuthError, Rejected
from .http import Answer, Client
from .loose_json import day, mapping, mappings, number, text, texts, whole

NAME = "sec"
#: The source of the list of tickers, which counts towards the same limit.
FILES = "sec-files"
KEPT_TICKERS = timedelta(days=1)
KEPT_SUBMISSIONS = timedelta(hours=6)
KEPT_FACTS = timedelta(hours=12)
#: The SEC blocks who calls too often until their rate was low for ten minutes, and says so by 403.
BLOCKED_SECONDS = 600.0
_BLOCKED = "Request Rate Threshold"


@dataclass(frozen=True, kw_only=True)
class Registrant:
    """A company with shares on an exchange. A company with several tickers is several of them."""

    cik: str
    ticker: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Filing:
    """accession: its number, such as 0000320193-25-000079. document: name of its main file; may be empty."""

    accession: str
    form: str
    filed_on: date
    period_end: date | None
    document: str


@dataclass(frozen=True, kw_only=True)
class Submissions:
    """A registrant and its latest filings, a thousand or those of a year, newest first."""

    cik: str
    name: str
    tickers: tuple[str, ...]
    exchanges: tuple[str, ...]
    sic: str
    industry: str
    filings: tuple[Filing, ...]


@dataclass(frozen=True, kw_only=True)
class ReportedFact:
    """One number as one filing states it. start: None for what holds at one moment, such as assets.

    unit: USD, shares, USD/shares … fiscal_year, fiscal_period: of the filing, not of the number.
    """

    taxonomy: str
    tag: str
    unit: str
    start: date | None
    end: date
    value: Decimal
    accession: str
    fiscal_year: int | None
    fiscal_period: str
    form: str
    filed_on: date


def cik_of(given: str | int) -> str:
    """The registrant's number with its ten digits. Raises Rejected."""
    digits = str(given).strip().upper().removeprefix("CIK")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise Rejected(f"{str(given)[:40]!r} is no SEC number; it has up to ten digits.", provider=NAME)
    return digits.zfill(10)


def tickers(client: Client) -> tuple[Registrant, ...]:
    """All listed registrants; the client is that of the source sec-files."""
    answer = _get(client, "/files/company_tickers.json", cache=KEPT_TICKERS)
    body = answer.json()
    if not isinstance(body, dict) or not body:
        raise answer.bad("it is no table of tickers")
    return tuple(
        Registrant(cik=cik_of(entry["cik_str"]), ticker=text(entry["ticker"]), name=text(entry.get("title")))
        for entry in mappings(list(body.values()))
        if whole(entry.get("cik_str")) is not None and text(entry.get("ticker"))
    )


def submissions(client: Client, cik: str | int) -> Submissions:
    """Raises NotFound for a number that nobody has."""
    answer = _get(client, f"/submissions/CIK{cik_of(cik)}.json", cache=KEPT_SUBMISSIONS)
    entry = mapping(answer.json())
    if not text(entry.get("name")):
        raise answer.bad("it names no registrant")
    return Submissions(
        cik=cik_of(cik),
        name=text(entry["name"]),
        tickers=texts(entry.get("tickers")),
        exchanges=texts(entry.get("exchanges")),
        sic=text(entry.get("sic")),
        industry=text(entry.get("sicDescription")),
        filings=tuple(_filings(answer, mapping(mapping(entry.get("filings")).get("recent")))),
    )


def company_facts(client: Client, cik: str | int, *, tags: Collection[str] | None = None) -> tuple[ReportedFact, ...]:
    """All numbers a registrant ever reported, of these tags where given; restated ones once per filing.

    The answer is large, some ten megabytes for an old company. Empty for registrants without figures.
    """
    answer = _get(client, f"/api/xbrl/companyfacts/CIK{cik_of(cik)}.json", cache=KEPT_FACTS, empty=(404,))
    if answer.status == 404:
        return ()
    document = mapping(answer.json())
    if not isinstance(document.get("facts"), dict):
        raise answer.bad("it has no facts")
    return facts_in(document, tags=tags)


def facts_in(document: Mapping[str, Any], *, tags: Collection[str] | None = None) -> tuple[ReportedFact, ...]:
    """The numbers of a companyfacts document, of these tags where given; what is none is left out."""
    return tuple(
        fact
        for taxonomy, concepts in mapping(document.get("facts")).items()
        for tag, concept in mapping(concepts).items()
        if tags is None or tag in tags
        for fact in _facts(taxonomy, tag, mapping(concept).get("units"))
    )


def company_concept(client: Client, cik: str | int, tag: str, *, taxonomy: str = "us-gaap") -> tuple[ReportedFact, ...]:
    """The numbers of one tag; a small answer. Empty where the registrant never used it."""
    path = f"/api/xbrl/companyconcept/CIK{cik_of(cik)}/{taxonomy}/{tag}.json"
    answer = _get(client, path, cache=KEPT_FACTS, empty=(404,))
    if answer.status == 404:
        return ()
    units = mapping(answer.json()).get("units")
    if not isinstance(units, dict):
        raise answer.bad("it has no units")
    return tuple(_facts(taxonomy, tag, units))


def _get(client: Client, path: str, *, cache: timedelta, empty: Collection[int] = ()) -> Answer:
    try:
        return client.get(path, cache=cache, empty=empty)
    except AuthError as error:
        if _BLOCKED in error.body:
            message = "SEC EDGAR blocks this address for ten minutes: too many calls came from it."
            raise client.throttled(BLOCKED_SECONDS, message) from error
        raise


def _filings(answer: Answer, columns: dict[str, Any]) -> Iterator[Filing]:
    """Rows out of parallel lists. Where those that must be there differ in length, no row can be trusted."""
    accessions, forms, days = (_column(columns, name) for name in ("accessionNumber", "form", "filingDate"))
    if not len(accessions) == len(forms) == len(days):
        raise answer.bad("its lists of filings differ in length")
    ends, documents = (_optional(columns, name, len(forms)) for name in ("reportDate", "primaryDocument"))
    for accession, form, filed, end, document in zip(accessions, forms, days, ends, documents, strict=True):
        filed_on = day(filed)
        if filed_on and text(accession):
            yield Filing(
                accession=text(accession),
                form=text(form),
                filed_on=filed_on,
                period_end=day(end),
                document=text(document),
            )


def _column(columns: dict[str, Any], name: str) -> Sequence[Any]:
    column = columns.get(name, [])
    return column if isinstance(column, list) else []


def _optional(columns: dict[str, Any], name: str, length: int) -> Sequence[Any]:
    """A list as long as the others, or nothing for each row."""
    column = _column(columns, name)
    return column if len(column) == length else [None] * length


def _facts(taxonomy: str, tag: str, units: Any) -> Iterator[ReportedFact]:
    for unit, entries in mapping(units).items():
        for entry in mappings(entries):
            end, filed_on, value = day(entry.get("end")), day(entry.get("filed")), number(entry.get("val"))
            if end is None or filed_on is None or value is None:
                continue
            yield ReportedFact(
                taxonomy=taxonomy,
                tag=tag,
                unit=unit,
                start=day(entry.get("start")),
                end=end,
                value=value,
                accession=text(entry.get("accn")),
                fiscal_year=whole(entry.get("fy")),
                fiscal_period=text(entry.get("fp")),
                form=text(entry.get("form")),
                filed_on=filed_on,
            )
