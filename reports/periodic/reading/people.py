"""Contacts and figures."""

from datetime import date, datetime

from prospects.models import Company, CompanyFigure, Contact
from prospects.models.companies import EmailStatus

from ..content import RowRef
from ..known import KnownContact, KnownFigure

MOST_CONTACTS = 1000
MOST_FIGURES = 400


def contacts_of(company: Company, *, until: datetime) -> list[KnownContact]:
    rows = Contact.objects.filter(company=company, created_at__lt=until).order_by("-created_at", "-pk")
    return [
        KnownContact(
            ref=RowRef(kind="contact", id=row.key, label=str(row), source=row.origin),
            at=row.created_at,
            has_valid_email=row.email_status == EmailStatus.VALID,
        )
        for row in rows[:MOST_CONTACTS]
    ]


def figures_of(company: Company, *, until: date) -> list[KnownFigure]:
    rows = CompanyFigure.objects.filter(company=company, period_end__lte=until).order_by("-period_end", "name")
    return [
        KnownFigure(
            ref=RowRef(
                kind="figure",
                id=f"{row.name}:{row.period_end}",
                label=f"{row.get_name_display().partition(',')[0]}, {row.period_end}",
                source=row.origin,
            ),
            name=row.name,
            period_end=row.period_end,
            value=row.value.normalize() if row.value else row.value,
            currency=row.currency,
        )
        for row in rows[:MOST_FIGURES]
    ]
