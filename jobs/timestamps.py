"""Times as the API writes and reads them."""

from datetime import UTC, datetime


def iso(at: datetime) -> str:
    """ISO-8601 in UTC to the millisecond: `2026-01-31T12:00:00.000Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def iso_or_none(at: datetime | None) -> str | None:
    return None if at is None else iso(at)


def in_utc(at: datetime) -> datetime:
    """The same moment in UTC; without a zone it is meant so. Raises ValueError at the ends of the calendar.

    What outsiders wrote goes through this before it is stored or compared: PostgreSQL refuses offsets of 16 hours
    and more, which Python reads.
    """
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("lies beyond the years 1 to 9999") from None
