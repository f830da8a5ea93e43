"""The companyfacts document of the SEC, as a file and as it is fetched.

Of thousands of numbers, those of annual reports with the tags that are read, and counts of shares on the cover
of any filing: quarterly reports repeat them, and say nothing of whole years.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from providers.errors import ProviderError
from providers.sec import ReportedFact, cik_of, facts_in
from providers.sec_facts import YEAR_DAYS

from ...models import Security
from ..concepts import COVER_SHARES, TAGS
from .rows import VALUE_DIGITS, FigureRow, RejectedRow, WrongFile, fitting, text_of

_ANNUAL = re.compile(r"(10-K|20-F|40-F)")
#: Other taxonomies use some of the same tags for other things.
_TAXONOMIES = frozenset({"us-gaap", "dei"})


def is_company_facts(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def company_facts_rows(
    file: IO[bytes], on_problem: Callable[[int, str], None], *, tenant_id: str
) -> Iterator[FigureRow]:
    """Of every share of that registrant, the tags that are read. Lines count the facts. Raises WrongFile."""
    document = _document(file)
    shares = _shares_of(document, tenant_id)
    yield from rows_of(facts_in(document, tags=TAGS), shares, on_problem)


def rows_of(
    facts: Iterable[ReportedFact], symbols: Iterable[str], on_problem: Callable[[int, str], None]
) -> Iterator[FigureRow]:
    """For each of these shares, the facts that are kept; what cannot be is told by the number of the fact."""
    shares = list(symbols)
    for line, fact in enumerate(facts, 1):
        try:
            if _is_kept(fact):
                yield from (_row_of(fact, symbol, line) for symbol in shares)
        except RejectedRow as problem:
            on_problem(line, str(problem))


def _is_kept(fact: ReportedFact) -> bool:
    if fact.taxonomy not in _TAXONOMIES or fact.tag not in TAGS:
        return False
    if fact.tag == COVER_SHARES:
        return True
    days = (fact.end - fact.start).days + 1 if fact.start else None
    return bool(_ANNUAL.match(fact.form)) and (days is None or days in YEAR_DAYS)


def _row_of(fact: ReportedFact, symbol: str, line: int) -> FigureRow:
    """Raises RejectedRow."""
    if fact.start and fact.start > fact.end:
        raise RejectedRow(f"{fact.tag}: its period ends before it begins")
    return FigureRow(
        line=line,
        symbol=symbol,
        tag=fact.tag,
        unit=text_of(fact.unit, "unit", most=30, needed=True),
        start=fact.start,
        end=fact.end,
        value=fitting(fact.value, fact.tag, digits=VALUE_DIGITS),
        form=fact.form[:20],
        filed_on=fact.filed_on,
        accession=fact.accession[:30],
    )


def _document(file: IO[bytes]) -> dict[str, Any]:
    try:
        document = json.loads(file.read(), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise WrongFile(f"The file is no JSON: {error}.") from None
    if not isinstance(document, dict) or not isinstance(document.get("facts"), dict):
        raise WrongFile("The file is no companyfacts document of the SEC: it needs cik and facts.")
    return document


def _shares_of(document: dict[str, Any], tenant_id: str) -> list[str]:
    try:
        cik = cik_of(document.get("cik") or "")
    except ProviderError:
        raise WrongFile("The file is no companyfacts document of the SEC: its cik is no number.") from None
    found = list(Security.objects.filter(tenant_id=tenant_id, cik=cik).values_list("symbol", flat=True))
    if not found:
        raise WrongFile(f"No security has the CIK {cik}. Import it as a security with this number first.")
    return found
