"""Google Places, played by a local server in the documented shapes."""

from decimal import Decimal
from typing import Any

import pytest

from providers import google_places
from providers.errors import AuthError, BadPayload, NotFound, RateLimited, Rejected
from providers.google_places import Field
from providers.http import Client, client_for
from tests.providers.servers import KEY, FakeSource, Sources

SEARCH = "/v1/places:searchText"
PLACE: dict[str, Any] = {
    "id": "ChIJabc",
    "displayName": {"text": "Acme Widgets", "languageCode": "en"},
    "formattedAddress": "4 Mill Lane, Albany, NY 12207, USA",
    "websiteUri": "https://acme.example/",
    "rating": 4.4,
    "userRatingCount": 91,
    "businessStatus": "OPERATIONAL",
}


@pytest.fixture
def places(source: Sources) -> FakeSource:
    return source("google-places")


@pytest.fixture
def client(places: FakeSource) -> Client:
    return client_for("google-places")


def test_a_search_keeps_the_id_apart_from_what_must_not_be_stored(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, json={"places": [PLACE], "nextPageToken": "more"})

    found = google_places.search(client, "Acme Widgets, Albany NY", region="us", most=3)

    [place] = found.places
    assert (place.place_id, found.next_page) == ("ChIJabc", "more")
    assert (place.facts.name, place.facts.status) == ("Acme Widgets", "OPERATIONAL")
    assert (place.facts.rating, place.facts.rating_count) == (Decimal("4.4"), 91)
    assert (place.facts.address, place.facts.website) == (PLACE["formattedAddress"], PLACE["websiteUri"])
    assert places.requests[0].get_json() == {"textQuery": "Acme Widgets, Albany NY", "pageSize": 3, "regionCode": "us"}


def test_each_call_says_which_fields_it_pays_for(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, json={})
    places.answers("/v1/places/ChIJabc", json={"id": "ChIJabc"})

    google_places.search(client, "Acme", fields=[Field.NAME, Field.RATING])
    google_places.search(client, "Acme", page="more", most=99)
    google_places.place(client, "ChIJabc", fields=[Field.ID])

    masks = [request.headers["X-Goog-FieldMask"] for request in places.requests]
    assert masks[0] == "places.id,places.displayName,places.rating,nextPageToken"
    assert masks[1].count("places.") == len(Field)
    assert masks[2] == "id"
    assert places.requests[1].get_json() == {"textQuery": "Acme", "pageSize": 20, "pageToken": "more"}
    assert {request.headers["X-Goog-Api-Key"] for request in places.requests} == {KEY}


def test_nothing_found_is_an_empty_object(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, json={})

    found = google_places.search(client, "Nobody at all")

    assert (found.places, found.next_page) == ((), "")


def test_fields_that_were_not_asked_for_are_empty(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, json={"places": [{"id": "x"}, {"displayName": {"text": "without an id"}}]})

    [place] = google_places.search(client, "Acme", fields=[Field.ID]).places

    assert (place.facts.name, place.facts.rating, place.facts.rating_count, place.facts.status) == ("", None, None, "")


def test_an_id_is_refreshed_and_a_dead_one_not_found(places: FakeSource, client: Client) -> None:
    places.answers("/v1/places/old%2Fid", json={"id": "ChIJnew"})
    places.answers("/v1/places/old/id", json={"id": "ChIJnew"})
    places.answers("/v1/places/dead", status=404, json={"error": {"code": 404, "status": "NOT_FOUND"}})

    assert google_places.place(client, "old/id", fields=[Field.ID]).place_id == "ChIJnew"
    with pytest.raises(NotFound):
        google_places.place(client, "dead")


def test_nothing_is_cached(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, json={})

    google_places.search(client, "Acme")
    google_places.search(client, "Acme")

    assert len(places.requests) == 2


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "API key not valid. Please pass a valid API key.", AuthError),
        (403, "Places API (New) has not been used in project 1 before", AuthError),
        (401, "Request is missing required authentication credential", AuthError),
        (400, "FieldMask is a required parameter.", Rejected),
        (429, "Quota exceeded", RateLimited),
    ],
)
def test_refusals_are_told_apart(
    places: FakeSource, client: Client, status: int, message: str, error: type[Exception]
) -> None:
    places.answers(SEARCH, status=status, json={"error": {"code": status, "message": message, "status": "X"}})

    with pytest.raises(error):
        google_places.search(client, "Acme")


def test_a_wrong_key_names_the_variable_and_not_the_key(places: FakeSource, client: Client) -> None:
    places.answers(SEARCH, status=400, json={"error": {"message": f"API key not valid: {KEY}"}})

    with pytest.raises(AuthError, match="check GOOGLE_PLACES_API_KEY") as caught:
        google_places.search(client, "Acme")

    assert KEY not in str(caught.value) + caught.value.body


@pytest.mark.parametrize("body", ["", "{", '{"places": "none"}'])
def test_an_answer_that_is_none_is_refused(places: FakeSource, client: Client, body: str) -> None:
    places.answers(SEARCH, text=body)

    with pytest.raises(BadPayload):
        google_places.search(client, "Acme")
