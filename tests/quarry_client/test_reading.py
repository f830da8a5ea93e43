"""From JSON to values: what is known is checked, what is not is no error."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from quarry_client.errors import UnexpectedAnswer
from quarry_client.reading import read
from quarry_client.values import Job, JobStatus, Price

from .conftest import job_json


def test_keys_become_fields_and_texts_become_times() -> None:
    job = read(Job, job_json(maxAttempts=7, error={"code": "told", "message": "no", "retryAfterSeconds": 2}))

    assert (job.max_attempts, job.status, job.ended) == (7, JobStatus.WAITING, False)
    assert job.created_at == datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
    assert job.error is not None
    assert (job.error.code, job.error.retry_after_seconds) == ("told", 2.0)


def test_keys_of_a_newer_server_are_ignored_and_kept_raw() -> None:
    job = read(Job, job_json(mood="good"))

    assert job == read(Job, job_json())
    assert job.raw["mood"] == "good"


def test_a_state_of_a_newer_server_stays_a_text_and_does_not_count_as_an_end() -> None:
    job = read(Job, job_json(status="simmering"))

    assert (job.status, job.ended, type(job.status)) == ("simmering", False, str)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({**job_json(), "progress": "half"}, "Job.progress is of type str, not int"),
        ({**job_json(), "progress": True}, "Job.progress is of type bool, not int"),
        ({**job_json(), "createdAt": "yesterday"}, "Job.createdAt is of type str, not datetime"),
        ({**job_json(), "status": None}, "Job.status is null"),
        ({name: value for name, value in job_json().items() if name != "queue"}, "Job.queue is missing"),
        ({**job_json(), "error": "broken"}, "Job.error is of type str, not an object"),
        (["a", "list"], "Job is of type list, not an object"),
    ],
)
def test_what_does_not_fit_is_named(body: object, sentence: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=sentence):
        read(Job, body)


def test_prices_are_exact() -> None:
    price = read(
        Price,
        {
            "position": 1,
            "contract": "C",
            "version": 1,
            "line": "L",
            "quantity": "10",
            "price": "0.1",
            "amount": "1.00",
            "currency": "EUR",
            "provisional": False,
        },
    )

    assert (price.amount, price.price * 3) == (Decimal("1.00"), Decimal("0.3"))
