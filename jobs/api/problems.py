"""Errors as the API answers them: `{"error": {"code", "message", "fields"?}}`, whatever went wrong."""

import json
import logging
import math
import sys
from collections.abc import Mapping
from typing import Any

import psycopg
import redis
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from rest_framework import exceptions
from rest_framework.response import Response

from ..actions import JobIdInUse
from ..limits import TooManyWaiting
from ..payloads import InvalidPayload
from ..registry import UnknownType, all_types
from ..submission import Refused, Unmet

logger = logging.getLogger("quarry.api")

#: Fields named in one answer at most: a body of 200,000 unknown keys is not echoed.
MOST_FIELDS = 100
LONGEST_FIELD = 200
#: Seconds after which it is worth asking again when the database was away.
DATABASE_RETRY_AFTER = 5
#: As above, when a tenant has too many jobs waiting.
TENANT_RETRY_AFTER = 10


class Problem(Exception):
    """An answer other than the one asked for. Subclasses say which; the message is for the caller."""

    status = 400
    code = "bad_request"

    def __init__(
        self,
        message: str,
        *,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields
        self.headers = dict(headers or {})
        #: Further keys beside `error`, such as a quota.
        self.more = dict(more or {})


class BadJson(Problem):
    """The body is no JSON that can be stored."""

    code = "bad_json"


class Invalid(Problem):
    """Fields or parameters do not fit; `fields` names each."""

    code = "validation_error"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(_summary(fields), fields=fields)


class NotFound(Problem):
    """It does not exist, or the caller may not see it: the same answer, byte for byte."""

    status = 404
    code = "not_found"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}, or you may not see it.")


class Conflict(Problem):
    """The thing's state forbids it."""

    status = 409

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TooLarge(Problem):
    """The body exceeds the limit."""

    status = 413
    code = "payload_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit:,} bytes, the most this API takes.")


class Throttled(Problem):
    """Too many requests. Waiting helps."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: float, headers: Mapping[str, str] | None = None) -> None:
        seconds = str(max(1, math.ceil(retry_after)))
        super().__init__(message, headers={**(headers or {}), "Retry-After": seconds})


class DatabaseAway(Problem):
    """Nothing can be stored or read at the moment. Waiting helps."""

    status = 503
    code = "database_unavailable"

    def __init__(self) -> None:
        super().__init__(
            f"The database cannot be reached; nothing was stored. Try again in {DATABASE_RETRY_AFTER} seconds.",
            headers={"Retry-After": str(DATABASE_RETRY_AFTER)},
        )


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """REST framework's EXCEPTION_HANDLER: every exception becomes an answer, none passes on."""
    problem = as_problem(error)
    if problem.status >= 500:
        _log(error, problem, context.get("request"))
    return Response(body_of(problem), status=problem.status, headers=problem.headers)


def as_problem(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    for kinds, make in _KNOWN:
        if isinstance(error, kinds):
            known: Problem = make(error)
            return known
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return _status(500, "internal_error", "Something went wrong here; the request id leads to the log.")


def body_of(problem: Problem) -> dict[str, Any]:
    error: dict[str, Any] = {"code": problem.code, "message": problem.message}
    if problem.fields:
        error["fields"] = {name[:LONGEST_FIELD]: text for name, text in list(problem.fields.items())[:MOST_FIELDS]}
    return {"error": error, **problem.more}


def invalid_type(word: str) -> Invalid:
    names = ", ".join(kind.name for kind in all_types())
    return Invalid({"type": f"{word[:60]!r} is no job type; the types are {names}"})


def _summary(fields: Mapping[str, str]) -> str:
    first = next(iter(fields.items()), ("", ""))
    more = f" (and {len(fields) - 1} more)" if len(fields) > 1 else ""
    return f"{first[0][:LONGEST_FIELD]} {first[1]}{more}."


def _status(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Problem:
    problem = Problem(message, headers=headers)
    problem.status, problem.code = status, code
    return problem


def _of_framework(error: exceptions.APIException) -> Problem:
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    code = _CODES.get(error.status_code, "bad_request")
    return _status(error.status_code, code, str(error.detail), headers)


_CODES = {
    400: "bad_request",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    429: "too_many_requests",
}
_DATABASE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
_KNOWN: tuple[tuple[tuple[type[Exception], ...], Any], ...] = (
    ((InvalidPayload,), lambda error: Invalid(error.fields)),
    ((UnknownType,), lambda error: invalid_type(str(error.args[0]))),
    ((Refused, PermissionDenied), lambda error: _status(403, "forbidden", str(error) or "You may not do this.")),
    ((JobIdInUse,), lambda error: Conflict(error.code, "That job id is in use; choose another one.")),
    ((Unmet,), lambda error: Conflict(error.code, str(error))),
    (
        (TooManyWaiting,),
        lambda error: _status(429, error.code, str(error), {"Retry-After": str(TENANT_RETRY_AFTER)}),
    ),
    (_DATABASE, lambda error: DatabaseAway()),
    (
        (redis.ConnectionError, redis.TimeoutError),
        lambda error: _status(
            503,
            "redis_unavailable",
            "Redis cannot be reached; nothing is lost. Try again.",
            {"Retry-After": str(DATABASE_RETRY_AFTER)},
        ),
    ),
    ((Http404,), lambda error: NotFound("thing")),
    (
        (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent),
        lambda error: _status(413, "payload_too_large", "The body is larger than this API takes."),
    ),
    ((RawPostDataException,), lambda error: BadJson("Send the body as JSON, not as multipart/form-data.")),
    ((SuspiciousOperation,), lambda error: _status(400, "bad_request", "The request is malformed.")),
)


def _log(error: Exception, problem: Problem, request: Any) -> None:
    where = f"{getattr(request, 'method', '?')} {getattr(request, 'path', '?')}"
    extra = {"requestId": getattr(getattr(request, "_request", request), "request_id", None)}
    if isinstance(problem, DatabaseAway):
        logger.warning("%s: the database cannot be reached (%s)", where, type(error).__name__, extra=extra)
    else:
        logger.error("%s failed", where, exc_info=error, extra=extra)


# --- Outside the views of the API ------------------------------------------------------------------
# For what fails before a view is reached, such as in middleware; config/pages.py asks for these.
def plain_answer(problem: Problem) -> HttpResponse:
    answer = HttpResponse(
        json.dumps(body_of(problem)), status=problem.status, content_type="application/json", headers=problem.headers
    )
    answer["Cache-Control"] = "no-store"
    return answer


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(_status(400, "bad_request", "The request is malformed."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(_status(403, "forbidden", "You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain_answer(NotFound("path"))


def server_error(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    return plain_answer(as_problem(error if isinstance(error, Exception) else RuntimeError()))
