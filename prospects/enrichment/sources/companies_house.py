"""Companies House: a British company by its number, else by its exact name."""

from providers import companies_house
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same
from ..adapter import source
from ..subjects import Business, Kind


def _is_british(subject: Business) -> bool:
    return bool(subject.registration_number or (subject.name and subject.may_be_in("GB")))


@source(companies_house.NAME, Kind.COMPANY, enough=_is_british)
def tell(client: Client, subject: Business) -> list[FactValue]:
    """Nothing where several companies have the name: which one is meant, nobody knows."""
    number = subject.registration_number or _number_of(client, subject.name)
    return _facts(companies_house.profile(client, number)) if number else []


def _number_of(client: Client, name: str) -> str:
    found = [one for one in companies_house.search(client, name) if may_be_same(name, one.name)]
    alive = [one for one in found if one.status != "dissolved"]
    return alive[0].number if len(alive) == 1 else ""


def _facts(profile: companies_house.CompanyProfile) -> list[FactValue]:
    where = f"https://find-and-update.company-information.service.gov.uk/company/{profile.number}"
    accounts = profile.accounts
    told = {
        facts.REGISTERED_NAME: profile.name,
        facts.REGISTRATION_NUMBER: profile.number,
        facts.STATUS: profile.status,
        facts.FOUNDED_ON: profile.created_on.isoformat() if profile.created_on else None,
        facts.INDUSTRY_CODES: list(profile.sic_codes) or None,
        facts.ADDRESS: profile.address,
        facts.HAS_CHARGES: profile.has_charges,
        facts.HAS_INSOLVENCY: profile.has_insolvency_history,
        facts.ACCOUNTS: {
            "nextDue": accounts.next_due.isoformat() if accounts.next_due else None,
            "overdue": accounts.overdue,
            "madeUpTo": accounts.made_up_to.isoformat() if accounts.made_up_to else None,
            "type": accounts.type,
        },
    }
    return [
        FactValue(name=name, value=value, reference=where) for name, value in told.items() if value not in (None, "")
    ]
