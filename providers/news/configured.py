"""News about a company from the feeds that setting RSS_FEEDS names."""

from collections.abc import Sequence
from datetime import timedelta

from ..errors import ProviderError
from ..http import Client
from .articles import Article, distinct
from .fetching import fetch_feed
from .headlines import mentions

#: One answer of a feed serves all companies that are looked up meanwhile.
KEPT = timedelta(minutes=30)


def feed_articles(client: Client, name: str, *, feeds: Sequence[str]) -> list[Article]:
    """One article per story whose headline names the company, newest first.

    A feed that fails leaves the others standing; only where all fail the first one's ProviderError is raised.
    """
    found: list[Article] = []
    failed: list[ProviderError] = []
    for url in feeds:
        try:
            feed = fetch_feed(client, url, cache=KEPT).feed
        except ProviderError as error:
            failed.append(error)
            continue
        found += [article for article in feed.articles if mentions(article.title, name)] if feed else []
    if failed and len(failed) == len(feeds):
        raise failed[0]
    return distinct(found)
