"""Whether a headline is about a company, and the feeds in which one is looked for."""

from typing import Any

import pytest

from providers.errors import NotFound, Transient
from providers.http import client_for
from providers.news import configured, feed_articles, mentions
from tests.providers.servers import FakeSource, Sources


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Gantry Hill Freight wins county contract", "GANTRY HILL FREIGHT LTD."),
        ("County picks Gantry-Hill  Freight's bid", "Gantry Hill Freight Ltd."),
        ("Smith & Sons to hire", "SMITH & SONS LIMITED"),
        ("Target raises its outlook", "TARGET CORP"),
        ("TARGET RAISES ITS OUTLOOK", "Target Corporation"),
        ("Müller Bau baut", "müller bau gmbh"),
    ],
)
def test_a_headline_names_the_company(title: str, name: str) -> None:
    assert mentions(title, name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Gantry Hill opens a park", "Gantry Hill Freight Ltd."),
        ("Gantry Hill Freighters meet", "Gantry Hill Freight Ltd."),
        ("Company misses its target", "Target Corp"),
        ("AB wins", "AB Inc."),
        ("Anything", ""),
        ("Anything", "LLC"),
        ("a.b", "a+b (c"),
    ],
)
def test_a_headline_about_something_else(title: str, name: str) -> None:
    assert not mentions(title, name)


def feed(*titles: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://a.example/{hash(title)}</link></item>" for title in titles
    )
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


@pytest.fixture
def host(source: Sources, settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeSource:
    monkeypatch.setattr(configured, "_failed", {})
    settings.PROVIDER_ALLOW_PRIVATE = True
    return source("rss")


def test_a_company_is_looked_for_in_all_feeds_and_each_story_told_once(host: FakeSource) -> None:
    host.answers("/one", text=feed("Acme Widgets wins a contract", "Somebody else does"))
    host.answers("/two", text=feed("Acme Widgets wins a contract!", "Acme Widgets hires"))

    found = feed_articles(
        client_for("rss"), "Acme Widgets Inc.", feeds=[f"{host.base_url}/one", f"{host.base_url}/two"]
    )

    assert sorted(article.title.strip("!") for article in found) == [
        "Acme Widgets hires",
        "Acme Widgets wins a contract",
    ]


def test_one_answer_of_a_feed_serves_many_companies(host: FakeSource) -> None:
    host.answers("/one", text=feed("Acme Widgets hires", "Beta Works closes"))
    client, feeds = client_for("rss"), [f"{host.base_url}/one"]

    found = [feed_articles(client, name, feeds=feeds) for name in ("Acme Widgets", "Beta Works", "Nobody Here")]

    assert [len(articles) for articles in found] == [1, 1, 0]
    assert len(host.requests) == 1


def test_a_feed_that_fails_leaves_the_others_standing(host: FakeSource) -> None:
    host.answers("/gone", status=404)
    host.answers("/down", status=503)
    host.answers("/one", text=feed("Acme Widgets hires"))
    client = client_for("rss")

    [article] = feed_articles(
        client, "Acme Widgets", feeds=[f"{host.base_url}{path}" for path in ("/gone", "/one", "/down")]
    )

    assert article.title == "Acme Widgets hires"
    with pytest.raises(NotFound):
        feed_articles(client, "Acme Widgets", feeds=[f"{host.base_url}/gone"])
    with pytest.raises(Transient):
        feed_articles(client, "Acme Widgets", feeds=[f"{host.base_url}/down"])


def test_without_feeds_nothing_is_found(host: FakeSource) -> None:
    assert feed_articles(client_for("rss"), "Acme Widgets", feeds=[]) == []


def test_a_feed_that_failed_is_left_alone_for_a_while(host: FakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    host.answers("/one", once=True, status=503)
    host.answers("/one", text=feed("Acme Widgets hires"))
    client, feeds = client_for("rss"), [f"{host.base_url}/one"]

    for _ in range(3):
        with pytest.raises(Transient):
            feed_articles(client, "Acme Widgets", feeds=feeds)
    assert len(host.requests) == 1

    monkeypatch.setattr(configured, "ALONE_SECONDS", 0.0)
    assert len(feed_articles(client, "Acme Widgets", feeds=feeds)) == 1
