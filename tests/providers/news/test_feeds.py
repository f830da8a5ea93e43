"""RSS and Atom as they are found: well-formed, broken and hostile."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from providers.news import NotAFeed, parse_feed

URL = "https://acme.example/news/feed.xml"
RSS = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Acme &amp; Co</title><language>en-US</language>
<item><title>Acme &lt;b&gt;opens&lt;/b&gt; a plant &amp; hires</title><link>/7?utm_source=rss</link>
<pubDate>Fri, 20 Nov 2026 13:00:00 +0100</pubDate><source url="https://wire.example/rss">The Wire</source></item>
<item><title>Second</title><guid>https://www.acme.example/8</guid></item>
<item><title>No address</title></item>
<item><link>https://acme.example/9</link></item>
<item><title>Not on the web</title><link>javascript:alert(1)</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="html">Acme</title>
<entry><title type="html">Umsatz w\xc3\xa4chst</title><link href="https://acme.example/a"/><id>urn:1</id>
<updated>2026-11-20T12:00:00Z</updated></entry></feed>"""


def test_an_rss_item_becomes_an_article() -> None:
    feed = parse_feed(RSS, url=URL)

    assert (feed.title, feed.problem) == ("Acme & Co", "")
    first, second = feed.articles
    assert first.title == "Acme opens a plant & hires"
    assert first.url == "https://acme.example/7?utm_source=rss"
    assert first.canonical_url == "https://acme.example/7"
    assert first.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert (first.source, first.domain, first.language) == ("The Wire", "acme.example", "en-us")
    assert (second.url, second.published_at, second.source) == ("https://www.acme.example/8", None, "acme.example")


def test_an_atom_entry_becomes_an_article() -> None:
    [article] = parse_feed(ATOM, url=URL, charset="utf-8").articles

    assert (article.title, article.url) == ("Umsatz wächst", "https://acme.example/a")
    assert article.published_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_what_can_be_read_of_a_broken_feed_is_used_and_the_fault_named() -> None:
    feed = parse_feed(RSS.replace(b"<item><title>Second</title>", b"<item><title>Second & </b></title>"), url=URL)

    assert feed.problem != ""
    assert [article.domain for article in feed.articles] == ["acme.example", "acme.example"]


def test_a_feed_in_another_encoding_than_it_says_is_still_read() -> None:
    latin = RSS.replace(b"Second", "Zweite Übernahme".encode("latin-1"))

    assert parse_feed(latin, url=URL).articles[1].title == "Zweite Übernahme"


def test_an_empty_feed_is_a_feed() -> None:
    assert parse_feed(b"<rss version='2.0'><channel><title>T</title></channel></rss>", url=URL).articles == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"<!doctype html><html><body><h1>Not found</h1></body></html>", b'{"articles": []}', b"\x00\xff\xfe"],
)
def test_what_is_no_feed_is_refused_with_the_remedy(content: bytes) -> None:
    with pytest.raises(NotAFeed, match="address of the feed itself"):
        parse_feed(content, url=URL)


def test_a_body_that_spells_the_name_of_a_file_does_not_open_it(tmp_path: Path) -> None:
    file = tmp_path / "secret.xml"
    file.write_bytes(RSS)

    with pytest.raises(NotAFeed):
        parse_feed(str(file).encode(), url=URL)


def test_entities_are_neither_fetched_nor_multiplied(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("THE-SECRET")
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    document = f"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "aaaaaaaaaa">{bomb}
<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>
<rss version="2.0"><channel><item><title>Title &x; &e9;</title><link>https://acme.example/1</link></item></channel></rss>"""

    feed = parse_feed(document.encode(), url=URL)

    assert all("THE-SECRET" not in article.title for article in feed.articles)
    assert all(len(article.title) <= 1_000 for article in feed.articles)


@pytest.mark.parametrize("when", ["Fri, 99 Nov 2026 13:00:00", "yesterday", "0000-00-00T00:00:00Z", ""])
def test_an_unreadable_time_is_no_time(when: str) -> None:
    content = RSS.replace(b"Fri, 20 Nov 2026 13:00:00 +0100", when.encode())

    assert parse_feed(content, url=URL).articles[0].published_at is None


def test_no_more_than_500_entries_are_read() -> None:
    item = "<item><title>Story {n}</title><link>https://acme.example/{n}</link></item>"
    items = "".join(item.format(n=n) for n in range(600))

    feed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), url=URL)

    assert len(feed.articles) == 500
