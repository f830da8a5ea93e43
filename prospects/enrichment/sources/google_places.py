"""Google Places: the id of a company's place. By its terms nothing else may be kept."""

from providers import google_places
from providers.google_places import Field
from providers.http import Client

from ... import facts
from ...facts import FactValue
from ...names import may_be_same
from ..adapter import source
from ..subjects import Business, Kind


@source(google_places.NAME, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    """The first place of exactly this name; nothing where none has it."""
    query = ", ".join(part for part in (subject.name, subject.city, subject.region) if part)
    region = subject.country.lower()
    found = google_places.search(client, query, fields=(Field.ID, Field.NAME), region=region)
    same = [one for one in found.places if may_be_same(subject.name, one.facts.name)]
    if not same:
        return []
    place_id = same[0].place_id
    where = f"https://www.google.com/maps/place/?q=place_id:{place_id}"
    return [FactValue(name=facts.PLACE_ID, value=place_id, reference=where)]
