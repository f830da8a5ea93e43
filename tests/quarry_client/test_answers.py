"""Each refusal of the server is an error of its own class."""

import json
from typing import Any

import pytest

from quarry_client import errors
from quarry_client.answers import Answer, checked, error_of
from quarry_client.values import Quota


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}, body=content)


def told(code: str, message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **more}}


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_json", errors.InvalidInput),
        (401, "not_authenticated", errors.NotAuthenticated),
        (403, "forbidden", errors.NotAllowed),
        (404, "not_found", errors.NotFound),
        (405, "method_not_allowed", errors.QuarryError),
        (408, "request_timeout", errors.Unavailable),
        (409, "job_id_in_use", errors.Conflict),
        (413, "payload_too_large", errors.TooLarge),
        (429, "too_many_requests", errors.Throttled),
        (500, "internal_error", errors.Unavailable),
        (503, "database_unavailable", errors.Unavailable),
    ],
)
def test_a_status_is_an_error_with_the_servers_words(status: int, code: str, kind: type) -> None:
    error = error_of(answer(status, told(code), x_request_id="r-1"))

    assert type(error) is kind
    assert (error.status, error.code, error.request_id) == (status, code, "r-1")
    assert error.message.startswith("No.")


def test_fields_at_fault_are_named() -> None:
    error = error_of(answer(400, told("validation_error", fields={"state": "is required"})))

    assert isinstance(error, errors.InvalidInput)
    assert error.fields == {"state": "is required"}


def test_a_throttle_says_how_long_to_wait() -> None:
    error = error_of(answer(429, told("too_many_requests"), retry_after="7"))

    assert isinstance(error, errors.Throttled)
    assert error.retry_after == 7.0


def test_a_used_up_quota_is_no_ordinary_throttle() -> None:
    quota = {"researchesUsed": 5, "researchesLimit": 5, "researchesRemaining": 0}

    error = error_of(answer(429, told("quota_exceeded") | {"quota": quota}, retry_after="90000"))

    assert isinstance(error, errors.QuotaExceeded)
    assert error.quota == Quota(researches_used=5, researches_limit=5, researches_remaining=0)


def test_an_internal_error_names_the_request() -> None:
    assert "r-1" in str(error_of(answer(500, told("internal_error"), x_request_id="r-1")))


@pytest.mark.parametrize("body", [b"<html>", b'"text"', b'{"error": "text"}', b"{}", b"\xff"])
@pytest.mark.parametrize(
    ("status", "kind"), [(400, errors.UnexpectedAnswer), (429, errors.Throttled), (502, errors.Unavailable)]
)
def test_an_answer_of_somebody_in_between_is_told_apart(status: int, kind: type, body: bytes) -> None:
    assert type(error_of(answer(status, body))) is kind


def test_a_page_is_no_answer() -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="not with JSON"):
        checked(answer(200, b"<html>", content_type="text/html")).json()


@pytest.mark.parametrize("text", ["", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "²"])
def test_a_time_to_wait_that_is_no_number_is_none(text: str) -> None:
    assert answer(503, retry_after=text).retry_after is None
