"""The demonstration's companies, contacts, prospects, figures and signals: made up, and labelled sample."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from .models import Company, CompanyFigure, Contact, FigureName, Origin, Prospect, Source
from .names import name_key
from .signals.storing import store_signal

#: In the portfolio: key, name, industry, payment score, revenue of two years.
PORTFOLIO = (
    ("demo-orchard", "Orchard Vale Bakery LLC", "Bakery", 88, (5_200_000, 4_700_000)),
    ("demo-cedar", "Cedar Quay Dairy Inc.", "Dairy", 61, (9_100_000, 9_800_000)),
    ("demo-flint", "Flint Hollow Haulage LLC", "Haulage", 43, (2_300_000, 2_900_000)),
)
#: Leads: key, name, industry. The first three are debtors in the sample of UCC filings as well.
LEADS = (
    ("demo-gantry", "Gantry Hill Freight Ltd.", "Freight"),
    ("demo-harlow", "Harlow Point Imaging LLC", "Imaging"),
    ("demo-juniper", "Juniper Bay Paving LLC", "Paving"),
    ("demo-amber", "Amber Fold Printing Co.", "Printing"),
)
#: key, company, name, address. The domain is reserved for examples: nobody gets mail there.
CONTACTS = (
    ("demo-contact-1", "demo-orchard", "Mina Delvane", "mina.delvane@example.com"),
    ("demo-contact-2", "demo-gantry", "Lars Ingelow", "lars.ingelow@example.com"),
    ("demo-contact-3", "demo-amber", "Rosa Kelmarsh", ""),
)
#: Names whose prospects can be enriched before any filing was read.
PROSPECTS = ("Orchard Vale Bakery LLC", "Cedar Quay Dairy Inc.", "Flint Hollow Haulage LLC", "Larch Row Foundry Inc.")
#: Signal id, company, type, days ago.
SIGNALS = (
    ("demo-signal-1", "demo-gantry", "Demo Request", 2),
    ("demo-signal-2", "demo-gantry", "Website Visit", 3),
    ("demo-signal-3", "demo-gantry", "Email Open", 1),
    ("demo-signal-4", "demo-amber", "Funding Round", 20),
    ("demo-signal-5", "demo-orchard", "Website Visit", 6),
)
_NAMESPACE = uuid.UUID("6f1f5c1e-54a2-4f0e-9d0b-2f7a0a7a4f6d")


def prospect_id(name: str) -> str:
    """The same on every machine, so that examples can name it."""
    return str(uuid.uuid5(_NAMESPACE, name))


def ensure_rows(*, tenant_id: str) -> int:
    """Make what is not there yet; returns how many companies, contacts, prospects and signals that were."""
    made = sum(_company(tenant_id, key, name, industry) for key, name, industry in LEADS)
    made += sum(_portfolio_company(tenant_id, *row) for row in PORTFOLIO)
    companies = {row.key: row for row in Company.objects.filter(tenant_id=tenant_id, key__startswith="demo-")}
    made += sum(_contact(companies[company], key, name, email) for key, company, name, email in CONTACTS)
    made += sum(_prospect(tenant_id, name) for name in PROSPECTS)
    return made + sum(
        _signal(companies[company], signal_id, words, days) for signal_id, company, words, days in SIGNALS
    )


def _company(tenant_id: str, key: str, name: str, industry: str, *, is_portfolio: bool = False) -> bool:
    known = {
        "name": name,
        "name_key": name_key(name),
        "origin": Origin.SAMPLE,
        "country": "US",
        "region": "NY",
        "city": "Sampleton",
        "industry": industry,
        "is_portfolio": is_portfolio,
    }
    return Company.objects.get_or_create(tenant_id=tenant_id, key=key, defaults=known)[1]


def _portfolio_company(
    tenant_id: str, key: str, name: str, industry: str, payment: int, revenue: tuple[int, int]
) -> bool:
    is_new = _company(tenant_id, key, name, industry, is_portfolio=True)
    company = Company.objects.get(tenant_id=tenant_id, key=key)
    latest, before = revenue
    _figure(company, FigureName.PAYMENT, date(2026, 9, 30), payment)
    _figure(company, FigureName.REVENUE, date(2025, 12, 31), latest, "USD")
    _figure(company, FigureName.REVENUE, date(2024, 12, 31), before, "USD")
    return is_new


def _figure(company: Company, name: FigureName, period_end: date, value: int, currency: str = "") -> None:
    CompanyFigure.objects.get_or_create(
        company=company,
        name=name,
        period_end=period_end,
        defaults={
            "tenant_id": company.tenant_id,
            "value": Decimal(value),
            "currency": currency,
            "origin": Origin.SAMPLE,
        },
    )


def _contact(company: Company, key: str, name: str, email: str) -> bool:
    known = {"company": company, "name": name, "email": email, "origin": Origin.SAMPLE}
    return Contact.objects.get_or_create(tenant_id=company.tenant_id, key=key, defaults=known)[1]


def _prospect(tenant_id: str, name: str) -> bool:
    known = {"public_id": prospect_id(name), "name": name, "source": Source.SAMPLE, "filing_count": 0}
    return Prospect.objects.get_or_create(tenant_id=tenant_id, state="NY", name_key=name_key(name), defaults=known)[1]


def _signal(company: Company, signal_id: str, words: str, days: int) -> bool:
    occurred_at = timezone.now() - timedelta(days=days)
    return store_signal(
        company=company, signal_id=signal_id, signal_type=words, data={"sample": True}, occurred_at=occurred_at
    )
