"""Whom a source is asked about: plain values, so that adapters need no rows and threads no database."""

from dataclasses import dataclass
from enum import StrEnum

from ..models import Company, Contact, Origin, Prospect, Source


class Kind(StrEnum):
    PROSPECT = "prospect"
    COMPANY = "company"
    CONTACT = "contact"


@dataclass(frozen=True, kw_only=True)
class Business:
    """A prospect or a company. `pk` is that of its row; texts are empty where unknown.

    country: ISO 3166-1, such as US. region: for the US the state's two capitals. is_sample: made up, as its row says.
    """

    kind: Kind
    pk: int
    name: str
    country: str = ""
    region: str = ""
    city: str = ""
    domain: str = ""
    naics: str = ""
    registration_number: str = ""
    cik: str = ""
    ticker: str = ""
    uei: str = ""
    is_sample: bool = False

    def may_be_in(self, country: str) -> bool:
        """Also where nobody has said in which country it is."""
        return self.country in {"", country}


@dataclass(frozen=True, kw_only=True)
class Person:
    """A contact. linkedin_slug: what follows /in/, a key for licensed sources."""

    pk: int
    name: str = ""
    email: str = ""
    linkedin_slug: str = ""
    employer: str = ""
    is_sample: bool = False
    kind: Kind = Kind.CONTACT


Subject = Business | Person


def of_prospect(prospect: Prospect) -> Business:
    return Business(
        kind=Kind.PROSPECT,
        pk=prospect.pk,
        name=prospect.name,
        country="US",
        region=prospect.state,
        is_sample=prospect.source == Source.SAMPLE,
    )


def of_company(company: Company) -> Business:
    return Business(
        kind=Kind.COMPANY,
        pk=company.pk,
        name=company.name,
        country=company.country,
        region=company.region,
        city=company.city,
        domain=company.domain,
        naics=company.naics,
        registration_number=company.registration_number,
        cik=company.cik,
        ticker=company.ticker,
        uei=company.uei,
        is_sample=company.origin == Origin.SAMPLE,
    )


def of_contact(contact: Contact) -> Person:
    return Person(
        pk=contact.pk,
        name=contact.name,
        email=contact.email,
        linkedin_slug=contact.linkedin_slug,
        employer=contact.employer or contact.company.name,
        is_sample=contact.origin == Origin.SAMPLE,
    )
