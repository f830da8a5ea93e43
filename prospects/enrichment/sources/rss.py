"""Feeds: headlines that name a company, in the feeds that RSS_FEEDS names."""

from django.conf import settings

from providers.http import Client
from providers.news import feed_articles

from ...facts import FactValue
from ..adapter import source
from ..subjects import Business, Kind
from .articles import told

NAME = "rss"


@source(NAME, Kind.PROSPECT, Kind.COMPANY, enough=lambda subject: bool(subject.name))
def tell(client: Client, subject: Business) -> list[FactValue]:
    """One fetch of a feed serves all companies that are asked about meanwhile."""
    return told(feed_articles(client, subject.name, feeds=settings.RSS_FEEDS))
