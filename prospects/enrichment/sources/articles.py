"""Articles as a fact: what all sources of news have in common."""

from collections.abc import Iterable

from providers.news import Article, distinct

from ... import facts
from ...facts import FactValue

MOST_KEPT = 50


def told(articles: Iterable[Article]) -> list[FactValue]:
    """The newest, one per story; those without a date are left out, for nothing can be told from them."""
    dated = [_shown(one) for one in distinct(articles) if one.published_at]
    return [FactValue(name=facts.ARTICLES, value=dated[:MOST_KEPT])] if dated else []


def _shown(article: Article) -> dict[str, str]:
    published = article.published_at.isoformat() if article.published_at else ""
    return {"title": article.title, "url": article.url, "publishedAt": published, "source": article.domain}
