"""The qualifiers of a search, such as `status:failed`: what each is for, and how its value is read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from .. import policy, registry
from ..errors import ErrorClass
from ..states import COUNT_KEYS, parse_status
from ..submission import PRIORITY_NAMES
from ..timestamps import in_utc


@dataclass(frozen=True, kw_only=True)
class Qualifier:
    name: str
    help: str
    example: str
    parse: Callable[[str], Any] = str
    #: Takes <, <=, > and >=.
    ordered: bool = False


def _status(word: str) -> str:
    try:
        return str(parse_status(word.lower()))
    except ValueError:
        raise ValueError(f"is one of {', '.join(map(str, COUNT_KEYS))}") from None


def _queue(word: str) -> str:
    name = policy.canonical_queue(word)
    if name is None:
        raise ValueError(f"is one of {', '.join(policy.policies())}")
    return name


def _type(word: str) -> str:
    try:
        return registry.get(word).name
    except registry.UnknownType:
        # Jobs of a type whose code is gone are still in the history.
        return word


def _error_class(word: str) -> str:
    name = word.upper().replace("-", "_")
    if name not in list(ErrorClass):
        raise ValueError(f"is one of {', '.join(ErrorClass)}")
    return name


def _priority(word: str) -> int:
    if word.lower() in PRIORITY_NAMES:
        return PRIORITY_NAMES[word.lower()]
    return _number(word)


def _number(word: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", word, re.ASCII):
        raise ValueError("is a whole number")
    return int(word)


_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_SPAN = re.compile(r"(\d{1,9})(ms|s|m|h|d|w)", re.ASCII)


def _span_ms(word: str) -> int:
    found = _SPAN.fullmatch(word)
    if not found:
        raise ValueError("is a time span such as 500ms, 30s, 5m, 2h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def time_of(word: str) -> datetime:
    """A date, a time, or a span back from now: `7d` is a week ago."""
    if found := _SPAN.fullmatch(word):
        return datetime.now(UTC) - timedelta(milliseconds=int(found[1]) * _UNITS[found[2]])
    try:
        value = parse_datetime(word) or datetime.fromisoformat(word)
    except ValueError:
        raise ValueError(
            "is a date such as 2026-11-01, a time such as 2026-11-01T12:00, or a span such as 7d"
        ) from None
    if not 1 < value.year < 9999:
        # At the ends of the calendar there is no day more to reckon with.
        raise ValueError("lies in the years 2 to 9998")
    return in_utc(value)


QUALIFIERS: Mapping[str, Qualifier] = {
    item.name: item
    for item in (
        Qualifier(name="id", help="Job id; job_ab* finds what begins so", example="id:job_1f3a*"),
        Qualifier(name="status", help="State of the job", example="status:failed,dead", parse=_status),
        Qualifier(name="queue", help="Queue", example="queue:research", parse=_queue),
        Qualifier(name="type", help="Job type", example="type:ucc-ingestion", parse=_type),
        Qualifier(name="data", help="Words anywhere in the payload", example='data:"acme corp"'),
        Qualifier(
            name="data.",
            help="A value in the payload; a * at its end finds what begins so",
            example="data.companyId:comp_7",
        ),
        Qualifier(name="error", help="Words of any attempt's error, or the exception's name", example="error:timeout"),
        Qualifier(
            name="errorClass",
            help="Class of any attempt's error",
            example="errorClass:NETWORK_ERROR",
            parse=_error_class,
        ),
        Qualifier(name="related", help="Id of the entity the job is about", example="related:comp_7"),
        Qualifier(name="user", help="Owner", example="user:user_12"),
        Qualifier(name="tenant", help="Organisation", example="tenant:acme"),
        Qualifier(name="worker", help="Worker that ran any attempt", example="worker:vm-*"),
        Qualifier(name="request", help="Id of the request that created it", example="request:4bf9…"),
        Qualifier(name="rerunOf", help="Repeats of this job", example="rerunOf:job_1f3a"),
        Qualifier(name="result", help="Words of the result; result.path:value as for data", example="result:skipped"),
        Qualifier(name="created", help="When it was enqueued", example="created:>7d", parse=time_of, ordered=True),
        Qualifier(name="finished", help="When it ended", example="finished:<2026-11-01", parse=time_of, ordered=True),
        Qualifier(
            name="duration", help="How long its last run took", example="duration:>30s", parse=_span_ms, ordered=True
        ),
        Qualifier(name="attempts", help="Runs that counted", example="attempts:>1", parse=_number, ordered=True),
        Qualifier(
            name="priority",
            help="Priority, or low, normal, high, urgent",
            example="priority:>=100",
            parse=_priority,
            ordered=True,
        ),
    )
}
ALIASES = {
    "related_id": "related",
    "relatedid": "related",
    "user_id": "user",
    "userid": "user",
    "tenant_id": "tenant",
    "tenantid": "tenant",
    "errorclass": "errorClass",
    "error_class": "errorClass",
    "correlation": "request",
    "state": "status",
    "args": "data",
    "payload": "data",
    "rerunof": "rerunOf",
    "rerun_of": "rerunOf",
    "org": "tenant",
}
