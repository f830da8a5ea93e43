"""What the company's own record says: who it is, its figures, its people."""

from decimal import Decimal
from itertools import groupby

from prospects import facts as names
from prospects.models import Company, CompanyFigure, Contact, Fact, FigureName

from ..evidence import Dossier, Origin

_ORIGINS = {
    "given": "Entered by the organisation",
    "file": "The organisation's file",
    "sample": "Bundled sample",
    "live": "Live source",
}


def gather(company: Company, dossier: Dossier) -> None:
    _identity(company, dossier)
    _figures(company, dossier)
    _people(company, dossier)


def _identity(company: Company, dossier: Dossier) -> None:
    origin = _origin(company.origin, "company record", company)
    name = dossier.company
    place = ", ".join(part for part in (company.city, company.region, company.country) if part)
    if place:
        dossier.add(f"{name} is in {place}.", "overview", origin=origin)
    told = _told_by_sources(company)
    if company.naics or (company.industry and (names.INDUSTRY, company.industry) not in told):
        code = f" (NAICS {company.naics})" if company.naics else ""
        dossier.add(f"Its industry is {company.industry or 'known by its code only'}{code}.", "overview", origin=origin)
    if company.employees is not None and (names.EMPLOYEES, str(company.employees)) not in told:
        dossier.add(f"It has {company.employees:,} employees.", "overview", origin=origin)
    if company.founded_on and (names.FOUNDED_ON, company.founded_on.isoformat()) not in told:
        dossier.add(f"It was founded on {company.founded_on}.", "overview", origin=origin)
    if company.domain:
        dossier.add(f"Its site is {company.domain}.", "overview", origin=origin)
    if company.technologies:
        dossier.add(f"It uses {', '.join(company.technologies[:10])}.", "overview", origin=origin)
    if company.is_portfolio:
        dossier.add("It is in the organisation's portfolio.", "overview", origin=origin)


def _told_by_sources(company: Company) -> set[tuple[str, str]]:
    """Enrichment copies what sources told into the record; it is said once, with the source that told it."""
    copied = (names.INDUSTRY, names.EMPLOYEES, names.FOUNDED_ON)
    rows = Fact.objects.filter(company=company, name__in=copied).values_list("name", "value")
    return {(name, str(value)) for name, value in rows}


def _figures(company: Company, dossier: Dossier) -> None:
    rows = company.figures.order_by("name", "-period_end")
    for name, group in groupby(rows, key=lambda row: row.name):
        figures = list(group)[:8]
        if name == FigureName.PAYMENT:
            _payment(figures[0], dossier)
        else:
            _revenue(figures, dossier)


def _payment(figure: CompanyFigure, dossier: Dossier) -> None:
    text = f"Its payment score was {_plain(figure.value)} of 100 at {figure.period_end}."
    sections = ("finances", "risks") if figure.value < 50 else ("finances",)
    dossier.add(text, *sections, origin=_origin(figure.origin, "figures", figure.company))


def _revenue(figures: list[CompanyFigure], dossier: Dossier) -> None:
    newest = figures[0]
    origin = _origin(newest.origin, "figures", newest.company)
    money = f"{_plain(newest.value)} {newest.currency}".strip()
    dossier.add(
        f"Its revenue of the twelve months to {newest.period_end} was {money}.", "finances", "overview", origin=origin
    )
    before = next((one for one in figures[1:] if (newest.period_end - one.period_end).days >= 330), None)
    if before and before.value > 0 and before.currency == newest.currency:
        growth = (newest.value - before.value) / before.value * 100
        word = "grew" if growth >= 0 else "fell"
        text = f"Since {before.period_end} its revenue {word} by {abs(growth):.1f} %."
        dossier.add(text, "finances", *([] if growth >= 0 else ["risks"]), origin=origin)


def _people(company: Company, dossier: Dossier) -> None:
    contacts: list[Contact] = list(company.contacts.order_by("pk")[:20])
    for contact in contacts:
        who = contact.name or "A contact without a name"
        role = f" is {contact.job_title}" if contact.job_title else " is known as a contact"
        dossier.add(f"{who}{role}.", "people", origin=_origin(contact.origin, "contacts", company))


def _origin(word: str, what: str, company: Company) -> Origin:
    return Origin(
        label=f"{_ORIGINS.get(word, word)}: {what}",
        provider="quarry",
        source=word,
        reference=company.key,
        fetched_at=company.updated_at,
    )


def _plain(value: Decimal) -> str:
    """Thousands separated, without the zeros that the column adds."""
    return f"{value.normalize():,f}"
