"""Times as the API writes them."""

from datetime import UTC, datetime


def iso(at: datetime) -> str:
    """ISO-8601 in UTC to the millisecond: `2026-01-31T12:00:00.000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def iso_or_none(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
