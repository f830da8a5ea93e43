"""One value as it came in, and how each of its fields is read."""

from datetime import date, datetime
from typing import NamedTuple

from jobs.timestamps import in_utc

PRELIMINARY = "preliminary"
#: Short words of files for the tags that contracts choose by.
TAGS = {"prelim": PRELIMINARY}


class ValueRow(NamedTuple):
    """line: where it stood, from 1. value: digits as they were checked. published_at: ISO, empty where not told."""

    line: int
    series: str
    day: str
    version: str
    value: str
    published_at: str
    source: str


def canonical_tag(tag: str) -> str:
    return TAGS.get(tag.lower(), tag)


def iso_day(text: str) -> str:
    """A date written YYYY-MM-DD. Raises ValueError."""
    if len(text) != 10:
        raise ValueError
    return date.fromisoformat(text).isoformat()


def iso_moment(text: str) -> str:
    """A date or time of ISO-8601; UTC where it says no zone. Raises ValueError."""
    return in_utc(datetime.fromisoformat(text)).isoformat()
