"""Feeds that users name: fetched once per change, and never from within."""

from typing import Any

import pytest
from werkzeug import Request, Response

from providers.errors import AuthError, BadPayload, NotFound, RateLimited, Rejected, Transient
from providers.http import Client, client_for
from providers.news.fetching import fetch_feed
from tests.providers.news.test_feeds import RSS
from tests.providers.servers import FakeSource, Sources

PATH = "/feed.xml"


@pytest.fixture
def host(source: Sources, settings: Any) -> FakeSource:
    settings.PROVIDER_ALLOW_PRIVATE = True
    return source("rss")


@pytest.fixture
def client(host: FakeSource) -> Client:
    return client_for("rss")


def url(host: FakeSource) -> str:
    return f"{host.base_url}{PATH}"


def test_a_feed_is_read_and_told_what_to_ask_with_next_time(host: FakeSource, client: Client) -> None:
    host.answers(PATH, content=RSS, headers={"ETag": '"v1"', "Last-Modified": "Fri, 20 Nov 2026 12:00:00 GMT"})

    fetched = fetch_feed(client, url(host))

    assert fetched.feed is not None
    assert [article.title for article in fetched.feed.articles] == ["Acme opens a plant & hires", "Second"]
    assert (fetched.etag, fetched.last_modified) == ('"v1"', "Fri, 20 Nov 2026 12:00:00 GMT")
    assert "If-None-Match" not in host.requests[0].headers


def test_a_feed_that_has_not_changed_is_not_sent_again(host: FakeSource, client: Client) -> None:
    def unchanged(request: Request) -> Response:
        same = request.headers.get("If-None-Match") == '"v1"' and request.headers.get("If-Modified-Since") == "then"
        return Response(status=304 if same else 500)

    host.does(PATH, unchanged)

    fetched = fetch_feed(client, url(host), etag='"v1"', last_modified="then")

    assert (fetched.feed, fetched.etag, fetched.last_modified) == (None, '"v1"', "then")


def test_a_feed_that_no_longer_has_an_etag_forgets_the_old_one(host: FakeSource, client: Client) -> None:
    host.answers(PATH, content=RSS)

    fetched = fetch_feed(client, url(host), etag='"old"', last_modified="old")

    assert (fetched.etag, fetched.last_modified) == ("", "")


def test_the_charset_of_the_answer_counts(host: FakeSource, client: Client) -> None:
    body = '<rss version="2.0"><channel><item><title>Übernahme</title><link>https://a.example/1</link></item></channel></rss>'
    host.answers(PATH, content=body.encode("latin-1"), headers={"Content-Type": 'text/xml; charset="iso-8859-1"'})

    fetched = fetch_feed(client, url(host))

    assert fetched.feed is not None
    assert fetched.feed.articles[0].title == "Übernahme"


@pytest.mark.parametrize("content", [b"", b"<!doctype html><title>Moved</title>", b"{}"])
def test_what_is_no_feed_is_refused_with_the_remedy(host: FakeSource, client: Client, content: bytes) -> None:
    host.answers(PATH, content=content)

    with pytest.raises(BadPayload, match=r"feed\.xml cannot be read.*address of the feed itself"):
        fetch_feed(client, url(host))


@pytest.mark.parametrize(
    ("status", "error"), [(401, AuthError), (404, NotFound), (410, NotFound), (429, RateLimited), (503, Transient)]
)
def test_failures_are_told_apart(host: FakeSource, client: Client, status: int, error: type[Exception]) -> None:
    host.answers(PATH, status=status, headers={"Retry-After": "30"})

    with pytest.raises(error) as caught:
        fetch_feed(client, url(host))

    assert getattr(caught.value, "retry_after", None) == 30


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8080/feed",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/feed",
        "http://2130706433:8080/feed",
        "http://localhost:8080/feed",
        "https://user@feeds.example/feed",
        "https://203.0.113.7:22/feed",
        "file:///etc/passwd",
        "feeds.example/feed",
        "https://feeds.example/a b",
    ],
)
def test_addresses_within_or_of_another_kind_are_refused(client: Client, settings: Any, address: str) -> None:
    settings.PROVIDER_ALLOW_PRIVATE = False

    with pytest.raises(Rejected, match="The address of the feed"):
        fetch_feed(client, address)


def test_a_feed_that_redirects_within_is_not_followed(
    host: FakeSource, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.answers(PATH, status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"})
    # As in production, but for the server of this test, which counts as public.
    settings.PROVIDER_ALLOW_PRIVATE = False
    monkeypatch.setattr("providers.outbound.addresses.is_public", lambda address: str(address) == "127.0.0.1")

    with pytest.raises(Rejected, match="not public"):
        fetch_feed(client, url(host))

    assert [request.path for request in host.requests] == ["/rss/feed.xml"]


def test_what_is_too_large_for_a_feed_is_refused(
    host: FakeSource, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.news.fetching.MOST_BYTES", len(RSS) - 1)
    host.answers(PATH, content=RSS)

    with pytest.raises(BadPayload, match="at most"):
        fetch_feed(client, url(host))
