"""SAM.gov: a company's registration for federal contracts.

Prospects are left out: a key without a role has ten questions a day.
"""

from providers import sam
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same
from ..adapter import source
from ..subjects import Business, Kind


def _is_american(subject: Business) -> bool:
    return bool(subject.uei or (subject.name and subject.may_be_in("US")))


@source(sam.NAME, Kind.COMPANY, enough=_is_american)
def tell(client: Client, subject: Business) -> list[FactValue]:
    """Nothing where several registrations have the name: which one is meant, nobody knows."""
    found = sam.entities(client, uei=subject.uei) if subject.uei else sam.entities(client, name=subject.name)
    own = [one for one in found if subject.uei or may_be_same(subject.name, one.name)]
    if len({one.uei for one in own}) != 1:
        return []
    entity = own[0]
    registration = {
        "status": entity.registration_status,
        "expiresOn": entity.expires_on.isoformat() if entity.expires_on else None,
        "excluded": entity.excluded,
        "cage": entity.cage_code,
    }
    where = f"https://sam.gov/entity/{entity.uei}"
    return [
        FactValue(name=facts.UEI, value=entity.uei, reference=where),
        FactValue(name=facts.SAM_REGISTRATION, value=registration, reference=where),
    ]
