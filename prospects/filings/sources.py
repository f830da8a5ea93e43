"""The sources of filings as this deployment configures them."""

from django.conf import settings

from providers.ucc import FilesSource, FloridaLayout, TexasLayout, UccSource, source_named


def configured_source() -> UccSource:
    return source_named(
        settings.UCC_SOURCE,
        inbox=settings.UCC_INBOX,
        texas=_texas(),
        florida=_florida(),
        live_days=settings.UCC_LIVE_DAYS,
    )


def configured_files() -> FilesSource:
    return FilesSource(settings.UCC_INBOX, _texas(), _florida())


def _texas() -> TexasLayout:
    return TexasLayout(names=settings.UCC_TEXAS_FIELDS)


def _florida() -> FloridaLayout:
    return FloridaLayout(places=settings.UCC_FLORIDA_PLACES)
