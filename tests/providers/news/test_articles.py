"""When two articles are one story."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from providers.news import Article, canonical_url, distinct
from providers.news.articles import domain_of, title_key

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def article(
    title: str = "Acme opens a second plant",
    url: str = "https://reuters.com/1",
    *,
    hours: float | None = 0,
    source: str = "",
) -> Article:
    return Article(
        url=url,
        canonical_url=canonical_url(url),
        title=title,
        published_at=None if hours is None else NOON + timedelta(hours=hours),
        domain=domain_of(url),
        language="en",
        source=source or domain_of(url),
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://www.acme.example/news/7?id=3",
        "http://acme.example/news/7/?id=3",
        "HTTPS://ACME.example.:443/news/7?id=3&utm_source=x&utm_campaign=y#top",
        "https://acme.example/news/7?fbclid=abc&id=3&gclid=&at_medium=RSS",
    ],
)
def test_tracking_and_spelling_make_no_other_address(url: str) -> None:
    assert canonical_url(url) == "https://acme.example/news/7?id=3"


@pytest.mark.parametrize(
    "url",
    ["https://acme.example/news/8?id=3", "https://acme.example/news/7?id=4", "https://acme.example:8443/news/7?id=3"],
)
def test_what_names_another_page_stays(url: str) -> None:
    assert canonical_url(url) != "https://acme.example/news/7?id=3"


def test_the_order_of_parameters_and_empty_ones() -> None:
    assert canonical_url("https://a.example/?b=2&a=1&c=") == canonical_url("https://a.example?c=&a=1&b=2")
    assert canonical_url("https://a.example/?b=2") == "https://a.example?b=2"


@pytest.mark.parametrize(
    "url", ["", "acme.example/7", "ftp://acme.example/7", "javascript:alert(1)", "https:///7", "http://a:b/"]
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        canonical_url(url)


def test_the_same_page_twice_is_one_story_and_the_earliest_stays() -> None:
    later = article(hours=5, url="https://www.reuters.com/1?utm_source=feed")
    earlier = article(title="Acme: an earlier headline", hours=1)

    assert distinct([later, earlier]) == [earlier]


def test_the_same_title_elsewhere_within_72_hours_is_the_same_story() -> None:
    first = article(hours=0)
    copy = article(title="ACME opens a second plant!", url="https://wire.example/x", hours=72)
    reused = article(url="https://wire.example/y", hours=72.1)

    assert distinct([reused, copy, first]) == [reused, first]


def test_the_publishers_name_at_the_end_is_no_part_of_the_title() -> None:
    assert title_key(article("Acme opens a second plant - Reuters")) == title_key(article())
    assert title_key(article("Acme opens a second plant | The Wire", source="The Wire")) == title_key(article())
    assert title_key(article("Acme results - record profit")) != title_key(article("Acme results - record loss"))


def test_a_title_that_says_little_counts_within_one_domain_only() -> None:
    one = article("Press release", url="https://a.example/1")
    same = article("Press Release", url="https://a.example/2", hours=1)
    other = article("Press release", url="https://b.example/1", hours=2)

    assert distinct([one, same, other]) == [other, one]


def test_an_article_without_a_time_equals_any_of_the_same_title_and_stands_last() -> None:
    undated = article(url="https://wire.example/x", hours=None)
    alone = article("Acme hires a new safety chief", url="https://wire.example/z", hours=None)

    assert distinct([undated, alone, article()]) == [article(), alone]


def test_articles_without_words_in_their_titles_are_told_apart_by_address() -> None:
    assert len(distinct([article("…", url="https://a.example/1"), article("?!", url="https://a.example/2")])) == 2


def test_the_order_of_arrival_changes_nothing() -> None:
    articles = [
        article(),
        article(url="https://wire.example/x", hours=3),
        article("Another story about Acme", url="https://wire.example/y", hours=3),
        article("Another story about Acme", url="https://other.example/y", hours=None),
    ]

    answers = {tuple(item.url for item in distinct(order)) for order in permutations(articles)}

    assert answers == {("https://wire.example/y", "https://reuters.com/1")}
