"""GDELT: what is written about a company.

Prospects are left out: the source takes one question in five seconds, and of a small debtor it knows nothing.
"""

from providers.http import Client
from providers.news import gdelt, mentions

from ...facts import FactValue
from ...names import without_form
from ..adapter import source
from ..subjects import Business, Kind
from .articles import told

DAYS = 90


@source(gdelt.NAME, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    found = gdelt.articles(client, without_form(subject.name), days=DAYS)
    return told(article for article in found if mentions(article.title, subject.name))
