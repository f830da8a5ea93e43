"""SEC EDGAR: filings and yearly revenue of companies with registered shares."""

import threading
import time
from collections.abc import Mapping, Sequence

from django.utils import timezone

from providers import sec, sec_facts
from providers.http import Client, client_for
from providers.sec import Filing, ReportedFact

from ... import facts
from ...facts import FactValue
from ...names import core_of, may_be_same
from ..adapter import source
from ..subjects import Business, Kind

#: Companies tag their revenue differently, and differently over the years.
REVENUE_TAGS = (
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "Revenues",
    "SalesRevenueNet",
)
MOST_FILINGS, MOST_YEARS = 40, 6
_INDEX_SECONDS = 3600.0


def _is_american(subject: Business) -> bool:
    return bool(subject.cik or (subject.name and subject.may_be_in("US")))


@source(sec.NAME, Kind.PROSPECT, Kind.COMPANY, enough=_is_american)
def tell(client: Client, subject: Business) -> list[FactValue]:
    """By the registrant's number; by name only where one registrant has it. Most companies are none."""
    cik = subject.cik or _cik_of(subject.name)
    if not cik:
        return []
    found = sec.submissions(client, cik)
    where = f"https://www.sec.gov/edgar/browse/?CIK={found.cik}"
    told = {
        facts.CIK: found.cik,
        facts.REGISTERED_NAME: found.name,
        facts.TICKER: found.tickers[0] if found.tickers else "",
        facts.INDUSTRY: found.industry,
        facts.INDUSTRY_CODES: [found.sic] if found.sic else [],
        facts.SEC_FILINGS: [_filing(found.cik, one) for one in found.filings[:MOST_FILINGS]],
        facts.REVENUE: [_year(one) for one in _revenue(client, found.cik)],
    }
    return [FactValue(name=name, value=value, reference=where) for name, value in told.items() if value]


def _revenue(client: Client, cik: str) -> Sequence[ReportedFact]:
    """Fiscal years, newest first, by the tag that was used last."""
    today = timezone.now().date()
    by_tag = []
    for tag in REVENUE_TAGS:
        reported = [one for one in sec.company_concept(client, cik, tag) if one.unit == "USD"]
        years = sec_facts.annual(reported, today)
        if years:
            by_tag.append(years)
    latest = max(by_tag, key=lambda years: years[-1].end, default=())
    return latest[::-1][:MOST_YEARS]


def _year(one: ReportedFact) -> dict[str, str | int]:
    return {
        "periodEnd": one.end.isoformat(),
        "months": 12,
        "value": str(one.value),
        "currency": "USD",
        "filedOn": one.filed_on.isoformat(),
    }


def _filing(cik: str, one: Filing) -> dict[str, str]:
    folder = f"https://www.sec.gov/Archives/edgar/data/{int(cik)}/{one.accession.replace('-', '')}"
    return {
        "form": one.form,
        "filedOn": one.filed_on.isoformat(),
        "accession": one.accession,
        "url": f"{folder}/{one.document}" if one.document else folder,
    }


def _cik_of(name: str) -> str:
    found = {cik for cik, registrant in _registrants().get(core_of(name), ()) if may_be_same(name, registrant)}
    return found.pop() if len(found) == 1 else ""


_Index = Mapping[str, Sequence[tuple[str, str]]]
_lock = threading.Lock()
_kept: tuple[float, _Index] | None = None


def _registrants() -> _Index:
    """Number and name by the core of the name. Kept for an hour: ten thousand names are read for one question."""
    global _kept  # noqa: PLW0603  one table per process
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > _INDEX_SECONDS:
            _kept = (time.monotonic(), _indexed(sec.tickers(client_for(sec.FILES))))
        return _kept[1]


def _indexed(registrants: Sequence[sec.Registrant]) -> _Index:
    index: dict[str, list[tuple[str, str]]] = {}
    for one in registrants:
        index.setdefault(core_of(one.name), []).append((one.cik, one.name))
    return index


def forget_registrants() -> None:
    """Read the table anew at the next question. For tests."""
    global _kept  # noqa: PLW0603
    _kept = None
