"""Classification of errors: the same answer for every caller."""

import socket
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from jobs import errors
from jobs.errors import ErrorClass, classify_error, wait_ms
from jobs.retry_after import retry_after_seconds
from jobs.retrying import with_retry


class Http(Exception):
    def __init__(self, status: int, headers: dict[str, str] | None = None, message: str = "") -> None:
        super().__init__(message)
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


def wrapped(cause: Exception) -> Exception:
    outer = RuntimeError("while asking the register")
    outer.__cause__ = cause
    return outer


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Http(429), "RATE_LIMIT"),
        (Exception("Rate limit reached for requests"), "RATE_LIMIT"),
        (errors.RateLimited(), "RATE_LIMIT"),
        (Http(408), "NETWORK_ERROR"),
        (Http(502), "NETWORK_ERROR"),
        (Http(503), "NETWORK_ERROR"),
        (Http(504), "NETWORK_ERROR"),
        (ConnectionRefusedError(), "NETWORK_ERROR"),
        (ConnectionResetError(), "NETWORK_ERROR"),
        (TimeoutError(), "NETWORK_ERROR"),
        (socket.gaierror("no such host"), "NETWORK_ERROR"),
        (Exception("connect ECONNREFUSED 127.0.0.1"), "NETWORK_ERROR"),
        (errors.JobTimeout(), "NETWORK_ERROR"),
        (Http(401), "API_ERROR"),
        (Http(403), "API_ERROR"),
        (Http(404), "API_ERROR"),
        (Http(400), "VALIDATION_ERROR"),
        (Http(422), "VALIDATION_ERROR"),
        (errors.InvalidInput("no such company"), "VALIDATION_ERROR"),
        (errors.JudgeRejection(), "JUDGE_REJECTION"),
        (Http(500), "UNKNOWN"),
        (ValueError("odd"), "UNKNOWN"),
        (wrapped(Http(429)), "RATE_LIMIT"),
        (wrapped(ConnectionRefusedError()), "NETWORK_ERROR"),
    ],
)
def test_an_error_is_classified_by_class_status_type_then_words(error: Exception, expected: str) -> None:
    assert classify_error(error).error_class == expected


@pytest.mark.parametrize(
    ("name", "retryable"),
    [
        ("RATE_LIMIT", True),
        ("NETWORK_ERROR", True),
        ("UNKNOWN", True),
        ("API_ERROR", False),
        ("VALIDATION_ERROR", False),
    ],
)
def test_only_errors_that_waiting_can_help_are_retryable(name: str, retryable: bool) -> None:
    error = errors.JobError()
    error.error_class = ErrorClass(name)

    assert classify_error(error).retryable is retryable


def test_a_rate_limit_waits_what_the_other_side_asks_or_a_minute() -> None:
    assert classify_error(Http(429, {"Retry-After": "7"})).delay == 7
    assert classify_error(Http(429)).delay == 60


def test_retry_after_may_be_a_date() -> None:
    now = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)

    assert retry_after_seconds("Sat, 31 Jan 2026 12:00:30 GMT", now=now) == 30
    assert retry_after_seconds("Sat, 31 Jan 2026 11:00:00 GMT", now=now) == 0
    assert retry_after_seconds("soon", now=now) is None


def test_error_classes_have_waits_of_their_own_on_pipeline_queues_only() -> None:
    known = classify_error(ConnectionRefusedError())

    assert [wait_ms(known, base_ms=5000, factor=2, n=n, class_waits=True) for n in (0, 1)] == [10_000, 20_000]
    assert [wait_ms(known, base_ms=2000, factor=2, n=n, class_waits=False) for n in (0, 1)] == [2000, 4000]


def test_with_retry_calls_again_after_a_retryable_error_and_tells_of_it() -> None:
    told: list[int] = []
    answers: Any = iter([ConnectionResetError(), ConnectionResetError(), "done"])

    def work() -> Any:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    waits: list[float] = []
    result = with_retry(work, on_retry=lambda attempt, error: told.append(attempt), wait=waits.append)

    assert result == "done"
    assert told == [1, 2]
    assert waits == [10, 20]


def test_with_retry_raises_what_retrying_cannot_help_at_once() -> None:
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        raise Http(401)

    with pytest.raises(Http):
        with_retry(work, wait=lambda seconds: None)

    assert calls == [1]
