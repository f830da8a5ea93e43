"""Feeds that RSS_FEEDS names: headlines in which a company stands by name."""

from django.conf import settings

from providers.http import Client
from providers.news import feed_articles

from ... import facts
from ...facts import FactValue
from ..adapter import source
from ..subjects import Business, Kind
from .gdelt import MOST_KEPT, shown


@source("rss", Kind.PROSPECT, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    found = feed_articles(client, subject.name, feeds=settings.RSS_FEEDS)
    articles = [shown(one) for one in found if one.published_at][:MOST_KEPT]
    return [FactValue(name=facts.ARTICLES, value=articles)] if articles else []
