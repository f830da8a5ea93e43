"""GDELT, played by a local server in the documented shape, and with its own ways of saying no."""

from datetime import UTC, datetime
from typing import Any

import pytest

from providers.errors import BadPayload, RateLimited, Rejected, Transient
from providers.http import Client, circuits, client_for
from providers.news import Article, gdelt
from tests.providers.servers import FakeSource, Sources

PATH = "/api/v2/doc/doc"
THROTTLE = "Please limit requests to one every 5 seconds or contact somebody for larger queries."
ARTICLE: dict[str, Any] = {
    "url": "https://www.wire.example/acme?utm_source=gdelt",
    "url_mobile": "",
    "title": "Acme opens a second plant",
    "seendate": "20260114T101500Z",
    "socialimage": "https://www.wire.example/x.jpg",
    "domain": "wire.example",
    "language": "English",
    "sourcecountry": "United States",
}


@pytest.fixture
def service(source: Sources) -> FakeSource:
    return source("gdelt")


@pytest.fixture
def client(service: FakeSource) -> Client:
    return client_for("gdelt")


def test_a_hit_becomes_an_article(service: FakeSource, client: Client) -> None:
    service.answers(PATH, json={"articles": [ARTICLE]})

    assert gdelt.articles(client, "Acme Widgets") == [
        Article(
            url="https://www.wire.example/acme?utm_source=gdelt",
            canonical_url="https://wire.example/acme",
            title="Acme opens a second plant",
            published_at=datetime(2026, 1, 14, 10, 15, tzinfo=UTC),
            domain="wire.example",
            language="english",
            source="wire.example",
        )
    ]
    assert dict(service.requests[0].args) == {
        "query": '"Acme Widgets" sourcelang:english',
        "mode": "artlist",
        "format": "json",
        "sort": "datedesc",
        "maxrecords": "75",
        "timespan": "7d",
    }


@pytest.mark.parametrize(
    ("name", "language", "query"),
    [
        ("Acme", "", "Acme"),
        ('A&B "Best" (Holdings), Inc.', "", '"A&B Best Holdings Inc."'),
        ("Müller OR sourcecountry:US", "german", '"Müller OR sourcecountry US" sourcelang:german'),
    ],
)
def test_a_name_is_no_query(service: FakeSource, client: Client, name: str, language: str, query: str) -> None:
    service.answers(PATH, json={})

    gdelt.articles(client, name, language=language, days=400, most=900)

    asked = service.requests[0].args
    assert (asked["query"], asked["timespan"], asked["maxrecords"]) == (query, "90d", "250")


def test_a_name_without_a_word_is_refused_without_a_call(service: FakeSource, client: Client) -> None:
    with pytest.raises(Rejected, match="at least one word"):
        gdelt.articles(client, '"()"')

    assert service.requests == []


@pytest.mark.parametrize("body", [{}, {"articles": []}])
def test_nothing_found_is_empty(service: FakeSource, client: Client, body: dict) -> None:
    service.answers(PATH, json=body)

    assert gdelt.articles(client, "Nobody") == []


@pytest.mark.parametrize("status", [200, 429])
def test_a_throttle_is_one_whatever_its_status(service: FakeSource, client: Client, status: int) -> None:
    service.answers(PATH, status=status, text=THROTTLE)

    with pytest.raises(RateLimited) as caught:
        gdelt.articles(client, "Acme")

    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 5
    assert caught.value.error_class == "RATE_LIMIT"


@pytest.mark.parametrize("said", ["The specified phrase is too short.", "Timespan is too short."])
def test_a_sentence_instead_of_json_is_a_refusal(service: FakeSource, client: Client, said: str) -> None:
    service.answers(PATH, text=said)

    with pytest.raises(Rejected, match=said):
        gdelt.articles(client, "Acme")


@pytest.mark.parametrize(
    "body", ["", "<html><body>Error</body></html>", '{"articles": [{"title": ', '{"articles": 1}', "[]"]
)
def test_an_answer_that_is_none_is_refused(service: FakeSource, client: Client, body: str) -> None:
    service.answers(PATH, text=body)

    with pytest.raises(BadPayload):
        gdelt.articles(client, "Acme")


def test_a_raw_control_character_in_a_title_loses_nothing(service: FakeSource, client: Client) -> None:
    service.answers(PATH, text='{"articles": [{"url": "https://a.example/1", "title": "Acme\topens\x01 a plant"}]}')

    [article] = gdelt.articles(client, "Acme")

    assert article.title == "Acme opens a plant"
    assert (article.published_at, article.domain, article.source) == (None, "a.example", "a.example")


def test_hits_without_address_or_title_are_left_out(service: FakeSource, client: Client) -> None:
    service.answers(
        PATH, json={"articles": [{"title": "x"}, {"url": "https://a.example/"}, {**ARTICLE, "url": "x"}, None]}
    )

    assert gdelt.articles(client, "Acme") == []


def test_a_failing_service_is_worth_another_try(service: FakeSource, client: Client) -> None:
    service.answers(PATH, status=503)

    with pytest.raises(Transient):
        gdelt.articles(client, "Acme")


def test_a_throttle_is_kept_to_by_everybody_and_not_kept_as_an_answer(
    service: FakeSource, client: Client, settings: Any
) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0
    service.answers(PATH, once=True, text=THROTTLE)
    service.answers(PATH, json={"articles": [ARTICLE]})

    with pytest.raises(RateLimited):
        gdelt.articles(client, "Acme Widgets")
    with pytest.raises(RateLimited, match="asked for a pause"):
        gdelt.articles(client, "Another company")
    circuits.close("gdelt")

    assert len(gdelt.articles(client, "Acme Widgets")) == 1
    assert len(service.requests) == 2
