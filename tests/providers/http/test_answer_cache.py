"""Kept answers: given again while young enough, bounded, and without secrets."""

import os
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from providers.errors import BadPayload, Transient
from providers.http import cache, client_for
from providers.models import KeptAnswer
from tests.providers.servers import KEY, Sources

PATH = "/v1/things"
DAY = timedelta(days=1)


def age_by(hours: float) -> None:
    ago = timedelta(hours=hours)
    KeptAnswer.objects.update(fetched_at=F("fetched_at") - ago, expires_at=F("expires_at") - ago)


def test_an_answer_is_given_again_with_its_age(source: Sources) -> None:
    fake = source("osha")
    fake.answers(PATH, json={"amount": 1.25})
    client = client_for("osha")
    first = client.get(PATH, params={"a": 1}, cache=DAY)
    age_by(2)

    again = client.get(PATH, params={"a": 1}, cache=DAY)

    assert (first.from_cache, again.from_cache) == (False, True)
    assert first.fetched_at - again.fetched_at == timedelta(hours=2)
    assert again.json() == first.json()
    assert len(fake.requests) == 1


def test_an_answer_that_is_too_old_is_asked_for_anew(source: Sources) -> None:
    fake = source("osha")
    fake.answers(PATH, json={})
    client = client_for("osha")
    client.get(PATH, cache=DAY)
    age_by(2)

    fresh = client.get(PATH, cache=timedelta(hours=1))

    assert not fresh.from_cache
    assert client.get(PATH, cache=timedelta(hours=1)).from_cache
    assert len(fake.requests) == 2


def test_without_being_told_nothing_is_kept(source: Sources) -> None:
    fake = source("osha")
    fake.answers(PATH, json={})

    client_for("osha").get(PATH)
    client_for("osha").get(PATH)

    assert len(fake.requests) == 2
    assert not KeptAnswer.objects.exists()


@pytest.mark.parametrize(
    "other",
    [{"params": {"a": 2}}, {"params": None}, {"params": {"a": 1}, "headers": {"X-Fields": "b"}}],
)
def test_another_request_has_another_answer(source: Sources, other: dict[str, Any]) -> None:
    fake = source("osha")
    fake.answers(PATH, json={})
    client_for("osha").get(PATH, params={"a": 1}, cache=DAY)

    assert not client_for("osha").get(PATH, cache=DAY, **other).from_cache


def test_what_is_posted_is_part_of_the_question(source: Sources) -> None:
    source("usaspending").answers(PATH, json={})
    client = client_for("usaspending")
    client.post(PATH, json={"page": 1}, cache=DAY)

    assert client.post(PATH, json={"page": 1}, cache=DAY).from_cache
    assert not client.post(PATH, json={"page": 2}, cache=DAY).from_cache


def test_that_nothing_was_found_is_kept_as_well(source: Sources) -> None:
    fake = source("uspto")
    fake.answers(PATH, status=404)

    client_for("uspto").get(PATH, cache=DAY, empty=(404,))
    again = client_for("uspto").get(PATH, cache=DAY, empty=(404,))

    assert (again.status, again.from_cache, len(fake.requests)) == (404, True, 1)


def test_failures_are_not_kept(source: Sources) -> None:
    fake = source("osha")
    fake.answers(PATH, status=500, once=True)
    fake.answers(PATH, json={})

    with pytest.raises(Transient):
        client_for("osha").get(PATH, cache=DAY)

    assert not client_for("osha").get(PATH, cache=DAY).from_cache


def test_a_source_whose_terms_forbid_it_keeps_nothing(source: Sources) -> None:
    source("google-places").answers(PATH, json={})

    client_for("google-places").post(PATH, json={}, cache=DAY)

    assert not KeptAnswer.objects.exists()


def test_the_key_is_in_no_kept_row(source: Sources) -> None:
    source("osha").answers(PATH, json={})

    client_for("osha").get(PATH, params={"a": 1}, cache=DAY)

    assert KEY not in str(list(KeptAnswer.objects.values()))


def test_old_answers_and_the_oldest_of_too_many_are_cleared(source: Sources, settings: Any) -> None:
    settings.PROVIDER_CACHE_MB = 1
    fake = source("osha")
    for number in range(6):
        fake.answers(f"/{number}", content=os.urandom(240_000))
        client_for("osha").get(f"/{number}", cache=DAY)
    KeptAnswer.objects.filter(path="/5").update(expires_at=F("fetched_at") - DAY)

    assert cache.clear() == 2

    assert set(KeptAnswer.objects.values_list("path", flat=True)) == {"/1", "/2", "/3", "/4"}


def test_an_answer_too_large_to_keep_is_given_all_the_same(source: Sources, settings: Any) -> None:
    settings.PROVIDER_CACHE_MB = 1
    source("osha").answers(PATH, content=os.urandom(400_000))

    assert len(client_for("osha").get(PATH, cache=DAY).content) == 400_000
    assert not KeptAnswer.objects.exists()


def test_a_success_that_holds_no_answer_is_not_kept(source: Sources) -> None:
    fake = source("osha")
    fake.answers(PATH, once=True, text="Please come back later")
    fake.answers(PATH, once=True, json={"things": "not a list"})
    fake.answers(PATH, json={"things": []})
    client = client_for("osha")

    with pytest.raises(BadPayload):
        client.get(PATH, cache=DAY).json()
    with pytest.raises(BadPayload):
        raise client.get(PATH, cache=DAY).bad("things is no list")

    assert client.get(PATH, cache=DAY).json() == {"things": []}
    assert client.get(PATH, cache=DAY).from_cache
    assert len(fake.requests) == 3
