"""Calls to sources: what is sent and what comes back."""

import gzip
import time
from decimal import Decimal
from typing import Any

import pytest

from providers.catalogue import SOURCES
from providers.errors import (
    NotConfigured,
)
from providers.http import client_for
from tests.providers.servers import KEY, Sources

PATH = "/v1/things"


def test_an_answer_has_status_headers_and_exact_numbers(source: Sources) -> None:
    source("usaspending").answers(PATH, text='{"amount": 202.39}', headers={"X-Page": "7"})

    answer = client_for("usaspending").get(PATH)

    assert (answer.status, answer.headers["x-page"], answer.from_cache) == (200, "7", False)
    assert answer.json() == {"amount": Decimal("202.39")}
    assert abs(time.time() - answer.fetched_at.timestamp()) < 60


def test_parameters_and_bodies_arrive_as_given(source: Sources) -> None:
    fake = source("usaspending")
    fake.answers(PATH, json=[])

    client_for("usaspending").get(PATH, params={"q": 'a "b" & c', "page": 2})
    client_for("usaspending").post(PATH, json={"filters": {"x": [1]}})

    first, second = fake.requests
    assert dict(first.args) == {"q": 'a "b" & c', "page": "2"}
    assert second.get_json() == {"filters": {"x": [1]}}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("census", lambda request: request.args["key"]),
        ("uspto", lambda request: request.headers["X-API-KEY"]),
        ("companies-house", lambda request: request.authorization.username),
    ],
)
def test_the_key_travels_where_the_source_wants_it(source: Sources, name: str, found: Any) -> None:
    fake = source(name)
    fake.answers(PATH, json={})

    client_for(name).get(PATH, params={"a": "1"})

    assert found(fake.requests[0]) == KEY
    assert fake.requests[0].args["a"] == "1"


def test_the_sec_is_told_who_asks(source: Sources) -> None:
    fake = source("sec")
    fake.answers(PATH, json={})

    client_for("sec").get(PATH)

    assert fake.requests[0].headers["User-Agent"].endswith("Quarry tests test@example.org")


def test_statuses_that_mean_nothing_found_are_answers_where_the_caller_says_so(source: Sources) -> None:
    source("uspto").answers(PATH, status=404, json={"message": "no match"})

    assert client_for("uspto").get(PATH, empty=(204, 404)).status == 404


def test_a_source_that_is_off_is_not_called(settings: Any) -> None:
    with pytest.raises(NotConfigured, match="add osha to QUARRY_LIVE_SOURCES"):
        client_for("osha")


def test_a_source_without_its_key_says_which_variable_to_set(source: Sources) -> None:
    source("osha", key="")

    with pytest.raises(NotConfigured, match="OSHA_API_KEY"):
        client_for("osha")


def test_a_key_that_is_optional_may_be_missing(source: Sources) -> None:
    fake = source("ucc-oregon", key="")
    fake.answers(PATH, json=[])

    client_for("ucc-oregon").get(PATH)

    assert "X-App-Token" not in fake.requests[0].headers


def test_packed_answers_are_unpacked(source: Sources) -> None:
    packed = gzip.compress(b'{"a": 1}')
    source("sec").answers(PATH, content=packed, headers={"Content-Encoding": "gzip"})

    assert client_for("sec").get(PATH).json() == {"a": 1}


def test_every_source_is_declared_completely() -> None:
    for name, source in SOURCES.items():
        assert name == name.lower()
        assert source.label
        assert source.gives
        assert source.licence.endswith(".")
        assert source.documentation.startswith("https://")
        assert source.any_host or source.base_url.startswith("https://")
        assert bool(source.key_in) == (source.key != "none")
        assert source.limit
        assert source.budget in SOURCES
