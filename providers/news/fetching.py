"""Feeds that users name, fetched as their servers like it: only what has changed since.

The addresses come from people, so only public ones are called; see providers/outbound/addresses.py.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.conf import settings

from ..errors import BadPayload, Rejected
from ..http import Answer, Client
from ..outbound.addresses import Rules, addresses_of, parse
from ..outbound.errors import HostUnknown, OutOfTime, UrlRefused
from .feeds import Feed, NotAFeed, parse_feed

NAME = "rss"
#: Largest feed: what is larger is no list of headlines.
MOST_BYTES = 5 * 1024**2
#: Seconds to find out whether an address may be called, before it is.
_CHECK_SECONDS = 5.0


#: A kept feed is read once for all the companies that are looked for in it.
_parse = lru_cache(maxsize=8)(parse_feed)


@dataclass(frozen=True, kw_only=True)
class FetchedFeed:
    """feed: None where nothing has changed. etag, last_modified: to be given with the next call."""

    feed: Feed | None
    etag: str
    last_modified: str


def fetch_feed(
    client: Client, url: str, *, etag: str = "", last_modified: str = "", cache: timedelta | None = None
) -> FetchedFeed:
    """What a feed says, if it has changed since the answer that `etag` and `last_modified` are of.

    cache: how old a kept answer may be, for callers that remember no `etag`.
    Raises Rejected for an address that is never called, BadPayload for what is no feed, and the other
    ProviderErrors for what goes wrong on the way.
    """
    _refuse_inner(url)
    since = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    accept = {"Accept": "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.1"}
    headers = accept | {name: value for name, value in since.items() if value}
    answer = client.get(url, headers=headers, cache=cache, empty=(304,))
    return FetchedFeed(
        feed=None if answer.status == 304 else _parsed(answer, url),
        etag=answer.headers.get("etag", etag if answer.status == 304 else ""),
        last_modified=answer.headers.get("last-modified", last_modified if answer.status == 304 else ""),
    )


def _refuse_inner(url: str) -> None:
    """The client checks each address that it connects to; here the person learns why at once."""
    rules = Rules(allow_private=settings.PROVIDER_ALLOW_PRIVATE, ports=settings.WEBHOOK_PORTS)
    try:
        addresses_of(parse(url), rules, deadline=time.monotonic() + _CHECK_SECONDS)
    except UrlRefused as error:
        raise Rejected(f"The address of the feed {error}.", provider=NAME) from error
    except (HostUnknown, OutOfTime):
        return  # the call itself will say so


def _parsed(answer: Answer, url: str) -> Feed:
    if len(answer.content) > MOST_BYTES:
        raise answer.bad(f"a feed has at most {MOST_BYTES // 1024**2} MiB")
    _, _, charset = answer.headers.get("content-type", "").partition("charset=")
    try:
        return _parse(answer.content, url=url, charset=charset.split(";")[0].strip(" \"'"))
    except NotAFeed as error:
        answer.bad(str(error))  # so that it is not kept
        raise BadPayload(f"The feed at {url} cannot be read: {error}.", provider=NAME) from error
