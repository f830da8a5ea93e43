"""Google Places (New): places of business.

Source: Places API (New), Text Search and Place Details. Google Maps Platform's terms let nobody keep
what it says, but for place ids, which may be kept for good and should be refreshed after 12 months.
So nothing here is cached, and `Place` keeps the id apart from the facts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from .errors import AuthError, Rejected
from .http import Answer, Client
from .loose_json import mapping, mappings, number, text, whole

NAME = "google-places"
#: Most that the source gives at once.
PAGE = 20


class Field(StrEnum):
    """What may be asked for. The dearest field of a request sets its price: ids cost least, ratings most."""

    ID = "id"
    NAME = "displayName"
    ADDRESS = "formattedAddress"
    WEBSITE = "websiteUri"
    RATING = "rating"
    RATING_COUNT = "userRatingCount"
    STATUS = "businessStatus"


ALL_FIELDS = tuple(Field)


@dataclass(frozen=True, kw_only=True)
class PlaceFacts:
    """What may be shown now and must not be stored: names, addresses, sites and ratings.

    status: OPERATIONAL, CLOSED_TEMPORARILY or CLOSED_PERMANENTLY. What was not asked for is empty.
    """

    name: str
    address: str
    website: str
    rating: Decimal | None
    rating_count: int | None
    status: str
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True)
class Place:
    """place_id: the only thing that may be stored for good. facts: for showing only, see PlaceFacts."""

    place_id: str
    facts: PlaceFacts


@dataclass(frozen=True, kw_only=True)
class FoundPlaces:
    """next_page: for `search`, empty at the end."""

    places: tuple[Place, ...]
    next_page: str


def search(
    client: Client,
    query: str,
    *,
    fields: Sequence[Field] = ALL_FIELDS,
    most: int = 5,
    region: str = "",
    page: str = "",
) -> FoundPlaces:
    """Places for a text such as "Acme Ltd, Albany NY", Google's best guess first. Nothing found is no error.

    region: two letters such as us. page: `next_page` of an earlier answer to the same question.
    """
    body: dict[str, Any] = {"textQuery": query, "pageSize": max(1, min(most, PAGE))}
    body |= ({"regionCode": region} if region else {}) | ({"pageToken": page} if page else {})
    mask = [f"places.{field}" for field in _asked(fields)] + ["nextPageToken"]
    answer = _call(client, "/v1/places:searchText", mask, body=body)
    found = mapping(answer.json())
    # Without a hit the answer is an empty object.
    if "places" in found and not isinstance(found["places"], list):
        raise answer.bad("places is no list")
    places = tuple(_place(item, answer) for item in mappings(found.get("places")) if text(item.get("id")))
    return FoundPlaces(places=places, next_page=text(found.get("nextPageToken"), 4000))


def place(client: Client, place_id: str, *, fields: Sequence[Field] = ALL_FIELDS) -> Place:
    """A place by its id. The answer's id is the one to keep from now on: ids change.

    With `fields=[Field.ID]` it refreshes an id at no charge. Raises NotFound for an id that is no more.
    """
    answer = _call(client, f"/v1/places/{quote(place_id, safe='')}", list(_asked(fields)))
    found = mapping(answer.json())
    if not text(found.get("id")):
        raise answer.bad("it has no id")
    return _place(found, answer)


def _asked(fields: Sequence[Field]) -> tuple[Field, ...]:
    return tuple(dict.fromkeys((Field.ID, *fields)))


def _call(client: Client, path: str, mask: Sequence[str], *, body: dict[str, Any] | None = None) -> Answer:
    headers = {"X-Goog-FieldMask": ",".join(mask)}
    try:
        if body is None:
            return client.get(path, headers=headers)
        return client.post(path, json=body, headers=headers)
    except Rejected as error:
        # A wrong key is a 400 here.
        if "API key" in error.body or "API_KEY" in error.body:
            raise AuthError(
                "Google Places refuses the key or what it may do; check GOOGLE_PLACES_API_KEY.",
                provider=NAME,
                status=error.status,
                body=error.body,
            ) from error
        raise


def _place(item: dict[str, Any], answer: Answer) -> Place:
    facts = PlaceFacts(
        name=text(mapping(item.get("displayName")).get("text")),
        address=text(item.get("formattedAddress")),
        website=text(item.get("websiteUri"), 2000),
        rating=number(item.get("rating")),
        rating_count=whole(item.get("userRatingCount")),
        status=text(item.get("businessStatus")),
        fetched_at=answer.fetched_at,
    )
    return Place(place_id=text(item["id"]), facts=facts)
