"""News about companies: feeds that users name, and GDELT; one shape of article, one copy of each story."""

from .articles import Article, canonical_url, distinct
from .configured import feed_articles
from .feeds import Feed, NotAFeed, parse_feed
from .fetching import FetchedFeed, fetch_feed
from .headlines import mentions

__all__ = [
    "Article",
    "Feed",
    "FetchedFeed",
    "NotAFeed",
    "canonical_url",
    "distinct",
    "feed_articles",
    "fetch_feed",
    "mentions",
    "parse_feed",
]
