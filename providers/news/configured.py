"""News about a company from the feeds that setting RSS_FEEDS names."""

import time
from collections.abc import Sequence
from datetime import timedelta

from ..errors import ProviderError
from ..http import Client
from .articles import Article, distinct
from .feeds import Feed
from .fetching import fetch_feed
from .headlines import mentions

#: One answer of a feed serves all companies that are looked up meanwhile.
KEPT = timedelta(minutes=30)
#: So long a process leaves a feed alone that has failed: else each of fifty companies would wait for it again.
ALONE_SECONDS = 300.0

#: Address -> time.monotonic() of the failure, and what it was. Only what settings name gets in here.
_failed: dict[str, tuple[float, ProviderError]] = {}


def feed_articles(client: Client, name: str, *, feeds: Sequence[str]) -> list[Article]:
    """One article per story whose headline names the company, newest first.

    A feed that fails leaves the others standing; only where all fail the first one's ProviderError is raised.
    """
    found: list[Article] = []
    failed: list[ProviderError] = []
    for url in feeds:
        try:
            feed = _read(client, url)
        except ProviderError as error:
            failed.append(error)
        else:
            found += [article for article in feed.articles if mentions(article.title, name)] if feed else []
    if failed and len(failed) == len(feeds):
        raise failed[0]
    return distinct(found)


def _read(client: Client, url: str) -> Feed | None:
    at, error = _failed.get(url, (None, None))
    if at is not None and error is not None and time.monotonic() - at < ALONE_SECONDS:
        raise error
    try:
        return fetch_feed(client, url, cache=KEPT).feed
    except ProviderError as failure:
        _failed[url] = time.monotonic(), failure
        raise
