"""GDELT: what is written about a company.

Prospects are left out: the source takes one question in five seconds, and of a small debtor it knows nothing.
"""

from providers.http import Client
from providers.news import gdelt
from providers.news.articles import Article, distinct

from ... import facts
from ...facts import FactValue
from ...names import without_form
from ..adapter import source
from ..subjects import Business, Kind

DAYS = 90
MOST_KEPT = 50


@source(gdelt.NAME, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    found = distinct(gdelt.articles(client, without_form(subject.name), days=DAYS))
    articles = [shown(one) for one in found if one.published_at][:MOST_KEPT]
    return [FactValue(name=facts.ARTICLES, value=articles)] if articles else []


def shown(article: Article) -> dict[str, str]:
    """As facts.ARTICLES has it."""
    published = article.published_at.isoformat() if article.published_at else ""
    return {"title": article.title, "url": article.url, "publishedAt": published, "source": article.domain}
