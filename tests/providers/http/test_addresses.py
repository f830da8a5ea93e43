"""Which addresses a source may lead to."""

from typing import Any

import pytest

from providers.errors import (
    BadPayload,
    Rejected,
)
from providers.http import client_for
from tests.providers.servers import Sources

PATH = "/v1/things"


def test_redirects_are_followed_within_a_host(source: Sources) -> None:
    fake = source("osha")
    fake.answers("/old", status=301, headers={"Location": f"/osha{PATH}"})
    fake.answers(PATH, json={"here": True})

    assert client_for("osha").get("/old").json() == {"here": True}


def test_redirects_to_another_host_are_refused(source: Sources) -> None:
    fake = source("osha")
    elsewhere = fake.server.url_for(PATH).replace("127.0.0.1", "localhost")
    fake.answers("/old", status=302, headers={"Location": elsewhere})

    with pytest.raises(BadPayload, match="another host, localhost"):
        client_for("osha").get("/old")

    assert len(fake.server.log) == 1


def test_redirects_in_a_circle_end(source: Sources) -> None:
    fake = source("osha")
    fake.answers("/old", status=302, headers={"Location": "/osha/old"})

    with pytest.raises(BadPayload, match="circle"):
        client_for("osha").get("/old")


def test_a_source_with_one_host_takes_no_whole_address(source: Sources) -> None:
    source("osha")

    with pytest.raises(Rejected, match="cannot be asked"):
        client_for("osha").get("https://example.org/other")


def test_feeds_are_not_read_from_private_addresses(source: Sources) -> None:
    fake = source("rss")
    fake.answers("/feed", text="<rss/>")

    with pytest.raises(Rejected, match="not public"):
        client_for("rss").get(f"{fake.base_url}/feed")


def test_feeds_are_read_from_the_address_given(source: Sources, settings: Any) -> None:
    settings.PROVIDER_ALLOW_PRIVATE = True
    fake = source("rss")
    fake.answers("/feed", text="<rss/>")

    assert client_for("rss").get(f"{fake.base_url}/feed?a=1").text() == "<rss/>"
    assert fake.requests[0].args["a"] == "1"
