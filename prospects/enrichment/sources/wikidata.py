"""Wikidata: what is publicly known of a well-known company, found by SEC number, site or name."""

from providers import wikidata
from providers.http import Client
from providers.wikidata import WikidataCompany

from ... import facts
from ...facts import FactValue
from ...names import may_be_same
from ..adapter import source
from ..subjects import Business, Kind


@source(wikidata.NAME, Kind.PROSPECT, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    """Nothing where several companies fit: which one is meant, nobody knows."""
    found = wikidata.companies(client, name=subject.name, website=subject.domain, cik=subject.cik)
    by_name_alone = not (subject.cik or subject.domain)
    same = [one for one in found if not by_name_alone or may_be_same(subject.name, one.name)]
    return _facts(same[0]) if len(same) == 1 else []


def _facts(company: WikidataCompany) -> list[FactValue]:
    told = {
        facts.WEBSITE: company.website,
        facts.HEADQUARTERS: company.headquarters,
        facts.CHIEF_EXECUTIVE: company.chief_executive,
        facts.INDUSTRY: company.industries[0] if company.industries else "",
        facts.FOUNDED_ON: company.founded_on.isoformat() if company.founded_on else "",
        facts.FOUNDED_YEAR: company.founded_year,
        facts.TICKER: company.listings[0].ticker if company.listings else "",
    }
    listed = [FactValue(name=name, value=value, reference=company.address) for name, value in told.items() if value]
    if company.employees is not None:
        listed.append(
            FactValue(
                name=facts.EMPLOYEES,
                value=company.employees,
                reference=company.address,
                as_of=company.employees_as_of,
            )
        )
    return listed
