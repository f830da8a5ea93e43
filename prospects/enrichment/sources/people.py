"""A licensed provider of people: position, employer, skills and place of a contact."""

from providers import people
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ..adapter import source
from ..subjects import Kind, Person


def _is_known(subject: Person) -> bool:
    return bool(subject.linkedin_slug or subject.email or (subject.name and subject.employer))


@source(people.NAME, Kind.CONTACT, enough=_is_known)
def tell(client: Client, subject: Person) -> list[FactValue]:
    """The work address that the provider may know is left there: an address comes from whoever adds the contact."""
    found = people.person(
        client,
        linkedin_slug=subject.linkedin_slug,
        email=subject.email,
        name=subject.name,
        company=subject.employer,
    )
    if found is None:
        return []
    told = {
        facts.JOB_TITLE: found.job_title,
        facts.EMPLOYER: found.employer,
        facts.LOCATION: found.location,
        facts.SKILLS: list(found.skills),
    }
    return [FactValue(name=name, value=value) for name, value in told.items() if value]
