"""Companies looked for in the headlines of feeds, played by a local server."""

from typing import Any

import pytest

from prospects import facts
from prospects.enrichment.sources import rss
from prospects.enrichment.subjects import Business, Kind
from providers.http import client_for
from providers.readiness import problem_with
from tests.providers.servers import Sources

FEED = """<rss version="2.0"><channel><title>Wire</title>
<item><title>Acme Widgets wins county contract</title><link>https://wire.example/1?utm_source=rss</link>
<pubDate>Fri, 20 Nov 2026 13:00:00 +0100</pubDate></item>
<item><title>Acme Widgets, undated</title><link>https://wire.example/2</link></item>
<item><title>Somebody else wins</title><link>https://wire.example/3</link>
<pubDate>Fri, 20 Nov 2026 13:00:00 +0100</pubDate></item></channel></rss>"""


def about(name: str) -> Business:
    return Business(kind=Kind.PROSPECT, pk=1, name=name)


def test_dated_headlines_that_name_the_company_become_its_articles(source: Sources, settings: Any) -> None:
    settings.PROVIDER_ALLOW_PRIVATE = True
    source("rss").answers("/feed", text=FEED)

    [told] = rss.tell(client_for("rss"), about("ACME WIDGETS, INC."))

    assert told.name == facts.ARTICLES
    assert told.value == [
        {
            "title": "Acme Widgets wins county contract",
            "url": "https://wire.example/1?utm_source=rss",
            "publishedAt": "2026-11-20T12:00:00+00:00",
            "source": "wire.example",
        }
    ]
    assert rss.tell(client_for("rss"), about("Nobody Here LLC")) == []


@pytest.mark.usefixtures("source")
def test_without_addresses_the_source_says_what_to_set(settings: Any) -> None:
    settings.LIVE_SOURCES, settings.RSS_FEEDS = frozenset({"rss"}), []

    assert problem_with("rss") == "RSS and Atom feeds have no addresses; set RSS_FEEDS to those of feeds."
