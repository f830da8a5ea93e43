"""RSS and Atom, read from bytes. Feeds in the wild are often broken; what can be read of one is used."""

import calendar
import html
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from ..loose_json import text
from .articles import Article, canonical_url, domain_of

#: Entries read of one feed, in its own order.
MOST_ENTRIES = 500
_LONGEST_TITLE = 1_000
_TAGS = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a feed said. problem: how it breaks the format, in the parser's words; empty where it does not."""

    title: str
    articles: tuple[Article, ...]
    problem: str = ""


class NotAFeed(ValueError):
    """The bytes are neither RSS nor Atom, such as a web page: the address must be that of the feed itself."""


def parse_feed(content: bytes, *, url: str, charset: str = "") -> Feed:
    """Read a feed; never asks the network. Entries without an http(s) address or a title are left out.

    url: where it came from, against which addresses in it are resolved. charset: as the HTTP answer says it.
    Raises NotAFeed where nothing of a feed can be found.
    """
    # Loaded for the first feed: every process would start slower for what few of them read.
    import feedparser

    # Called XML whatever the server calls it: many say text/html, and mean nothing by it.
    headers = {"content-location": url, "content-type": "application/xml" + (f"; charset={charset}" if charset else "")}
    # A stream, because feedparser takes bare bytes for the name of a file and would open it.
    parsed = feedparser.parse(io.BytesIO(content), response_headers=headers, sanitize_html=False)
    if not parsed.get("version") and not parsed.entries:
        raise NotAFeed("this is neither RSS nor Atom; give the address of the feed itself, not of a page")
    feed = parsed.feed
    articles = [_article(entry, url=url, feed=feed) for entry in parsed.entries[:MOST_ENTRIES]]
    return Feed(
        title=_text(feed.get("title")),
        articles=tuple(article for article in articles if article),
        problem=str(parsed.get("bozo_exception", ""))[:300] if parsed.bozo else "",
    )


def _article(entry: Any, *, url: str, feed: Any) -> Article | None:
    address, title = entry.get("link") or _guid(entry), _text(entry.get("title"))
    if not address or not title:
        return None
    try:
        link = urljoin(url, address)
        canonical = canonical_url(link)
    except ValueError:
        return None
    domain = domain_of(link)
    return Article(
        url=link,
        canonical_url=canonical,
        title=title,
        published_at=_time(entry),
        domain=domain,
        language=str(entry.get("language") or feed.get("language") or "").lower()[:10],
        source=_text((entry.get("source") or {}).get("title")) or domain,
    )


def _guid(entry: Any) -> str:
    """An id that is an address stands in for a missing link, as RSS has it."""
    found = str(entry.get("id") or "")
    return found if found.startswith(("http://", "https://")) else ""


def _time(entry: Any) -> datetime | None:
    """feedparser gives the time in UTC, whatever zone the feed wrote it in.

    Asked for a missing `updated` its `get` warns and gives `published`; `in` tells the truth.
    """
    names = ("published_parsed", "updated_parsed", "created_parsed")
    for found in [entry[name] for name in names if name in entry]:
        try:
            return datetime.fromtimestamp(calendar.timegm(found), tz=UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            continue  # nothing, or no such day
    return None


def _text(value: Any) -> str:
    """Without tags and entities, in one line."""
    return text(html.unescape(_TAGS.sub(" ", str(value or ""))), _LONGEST_TITLE)
