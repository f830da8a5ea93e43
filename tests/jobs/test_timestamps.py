"""Times that outsiders write, in any zone that Python reads, as PostgreSQL takes them."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.timestamps import in_utc
from pricing.ingestion.rows import iso_moment


@pytest.mark.parametrize("offset", ["+18:35", "-23:59", "+00:00", "Z", ""])
def test_every_offset_that_python_reads_becomes_utc(offset: str) -> None:
    at = in_utc(datetime.fromisoformat(f"2026-01-31T12:00:00{offset}"))

    assert at.utcoffset() == timedelta(0)
    assert at == datetime.fromisoformat(f"2026-01-31T12:00:00{offset or 'Z'}")


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+18:35", "9999-12-31T23:59:59-18:35"])
def test_what_lies_beyond_the_calendar_in_utc_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        in_utc(datetime.fromisoformat(text))


def test_a_file_of_index_values_may_name_any_offset() -> None:
    assert iso_moment("2026-01-31T12:00:00+18:30") == datetime(2026, 1, 30, 17, 30, tzinfo=UTC).isoformat()
