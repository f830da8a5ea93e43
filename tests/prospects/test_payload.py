"""What a ucc-ingestion job may be given."""

from typing import Any

import pytest

from jobs import payloads, registry
from prospects.filings.job_type import UccIngestion


def fields_of(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(payloads.InvalidPayload) as failure:
        payloads.parse(UccIngestion, data)
    return failure.value.fields


def test_the_state_is_stored_in_capitals_and_the_batch_size_filled_in() -> None:
    assert payloads.stored(payloads.parse(UccIngestion, {"state": "ny"})) == {"state": "NY", "batchSize": 1000}


def test_dates_and_batch_size_are_taken_in_either_spelling() -> None:
    payload = payloads.parse(
        UccIngestion, {"state": "DC", "start_date": "2026-01-31", "endDate": "2026-01-31", "batch_size": 10_000}
    )

    assert payloads.stored(payload) == {
        "state": "DC",
        "startDate": "2026-01-31",
        "endDate": "2026-01-31",
        "batchSize": 10_000,
    }


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "state"),
        ({"state": "ZZ"}, "state"),
        ({"state": "New York"}, "state"),
        ({"state": "PR"}, "state"),
        ({"state": 7}, "state"),
        ({"state": "N\u0131"}, "state"),
        ({"state": "NY", "startDate": "2026-02-01", "endDate": "2026-01-31"}, "endDate"),
        ({"state": "NY", "start_date": "2026-02-01", "end_date": "2026-01-31"}, "end_date"),
        ({"state": "NY", "startDate": "31.01.2026"}, "startDate"),
        ({"state": "NY", "batchSize": 0}, "batchSize"),
        ({"state": "NY", "batchSize": 10_001}, "batchSize"),
        ({"state": "NY", "batchSize": "1000"}, "batchSize"),
        ({"state": "NY", "foo": 1}, "foo"),
    ],
)
def test_a_wrong_field_is_named_in_the_callers_spelling(data: dict[str, Any], field: str) -> None:
    assert list(fields_of(data)) == [field]


def test_the_type_is_registered_and_its_jobs_are_found_by_state() -> None:
    kind = registry.get("ucc_ingestion")

    assert (kind.name, kind.queue) == ("ucc-ingestion", "ucc-ingestion")
    assert kind.related_id(UccIngestion(state="tx")) == "TX"
