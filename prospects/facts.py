"""Names and shapes of facts: what the adapters of sources write, and scores, signals and pages read.

A value is JSON with camelCase keys; dates are `2026-01-31`, money whole or decimal numbers as text. Which source
told a fact stands beside it in the row (`provider`), so the same name may come from several.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

# --- From the own database (provider `ucc`), always present for a prospect ---------------------------------------
#: {"filings12Months": 3, "filingsBefore": 1, "momentum": 2.0 or null, "lastFiledOn": date or null}; the twelve
#: months up to now, those before them, and (now - before) / before, null where there was none before.
GROWTH: Final = "growth"
#: {"activeLiens": 2, "lapsedLiens": 0, "terminatedLiens": 1, "lapsingSoon": 1, "securedParties": ["Bank of X"]}.
HEALTH: Final = "health"

# --- Who the company is ------------------------------------------------------------------------------------------
#: Text as the source has it: the registered name, and its number in that register.
REGISTERED_NAME: Final = "registeredName"
REGISTRATION_NUMBER: Final = "registrationNumber"
#: `active`, `dissolved`, … in the register's words.
STATUS: Final = "status"
FOUNDED_ON: Final = "foundedOn"
#: Whole number, where the day is not known.
FOUNDED_YEAR: Final = "foundedYear"
WEBSITE: Final = "website"
#: Text, one line.
ADDRESS: Final = "address"
HEADQUARTERS: Final = "headquarters"
CHIEF_EXECUTIVE: Final = "chiefExecutive"
INDUSTRY: Final = "industry"
#: List of codes as text: NAICS of US sources, SIC of Companies House.
INDUSTRY_CODES: Final = "industryCodes"
#: Whole number.
EMPLOYEES: Final = "employees"
TICKER: Final = "ticker"
CIK: Final = "cik"
UEI: Final = "uei"
#: Text: the only thing of Google Places that may be kept.
PLACE_ID: Final = "placeId"

# --- Records -----------------------------------------------------------------------------------------------------
#: List, newest first, of {"form": "10-K", "filedOn": date, "accession": "…", "url": "…"}.
SEC_FILINGS: Final = "filings"
#: List, newest first, of {"periodEnd": date, "months": 12, "value": "1234", "currency": "USD", "filedOn": date}.
REVENUE: Final = "revenue"
#: List, newest first, of {"type": "W|R|U|S|O", "issuedOn": date, "penalty": "100.00" or null, "standard": "…",
#: "activity": "…", "citation": "…"}; withdrawn ones are left out. An empty list is a clean record of inspections.
VIOLATIONS: Final = "violations"
#: List, newest first, of {"activity": "…", "openedOn": date, "type": "…", "state": "NY"}.
INSPECTIONS: Final = "inspections"
#: List, newest first, of {"application": "…", "number": "…" or null, "title": "…", "filedOn": date or null,
#: "grantedOn": date or null}.
PATENTS: Final = "patents"
#: List, newest first, of {"id": "…", "amount": "100.00", "startOn": date or null, "recipient": "…", "url": "…"}.
AWARDS: Final = "awards"
#: {"status": "…", "expiresOn": date or null, "excluded": false, "cage": "…"}.
SAM_REGISTRATION: Final = "samRegistration"
#: Of the company's industry in its state: {"year": 2023, "naics": "325", "state": "NY", "establishments": 10,
#: "employees": 100 or null, "payrollThousands": 5000 or null}; null where withheld.
INDUSTRY_IN_STATE: Final = "industryInState"
#: {"nextDue": date or null, "overdue": false, "madeUpTo": date or null, "type": "…"}.
ACCOUNTS: Final = "accounts"
#: True or false.
HAS_CHARGES: Final = "hasCharges"
HAS_INSOLVENCY: Final = "hasInsolvencyHistory"
#: List, newest first, of {"title": "…", "url": "…", "publishedAt": ISO time, "source": "reuters.com"}.
ARTICLES: Final = "articles"

# --- People ------------------------------------------------------------------------------------------------------
JOB_TITLE: Final = "jobTitle"
EMPLOYER: Final = "employer"
#: List of texts.
SKILLS: Final = "skills"
LOCATION: Final = "location"
#: {"status": "valid|invalid|unknown", "reason": "…"}.
EMAIL: Final = "email"


@dataclass(frozen=True, kw_only=True)
class FactValue:
    """One fact as an adapter hands it over. reference: an address or number to look it up by."""

    name: str
    value: Any
    reference: str = ""
    as_of: date | None = None
