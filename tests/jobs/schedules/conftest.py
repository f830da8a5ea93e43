"""A place for schedules of the tests' own, which are forgotten afterwards."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from jobs import registry
from jobs.payloads import Payload
from jobs.schedules import declarations, registration
from jobs.schedules.declarations import Occurrence, Submission
from jobs.schedules.models import Schedule

NewSchedule = Callable[..., Schedule]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def numbers(occurrence: Occurrence) -> Iterable[Submission]:
    """Two jobs of one occurrence."""
    return [occurrence.submission("diag-noop", {}, id=f"two-{number}") for number in (1, 2)]


@pytest.fixture
def declare(db: None, diagnostic_types: None) -> Iterator[NewSchedule]:
    """`declare("nightly", cron="0 2 * * *", now=...)`: declared, registered, and its row."""
    before = {one.name for one in declarations.declared()}

    def new(
        name: str, fan_out: Any = numbers, *, cron: str = "0 2 * * *", now: datetime | None = None, **more: Any
    ) -> Schedule:
        declarations.schedule(name, cron=cron, **more)(fan_out)
        registration.sync(now=now)
        return Schedule.objects.get(name=name)

    yield new
    for one in declarations.declared():
        if one.name not in before:
            declarations.undeclare(one.name)


class Echo(Payload):
    ids: list[str]


@pytest.fixture
def echo() -> Iterator[str]:
    """A job type that takes a list of ids."""
    registry.job_type("test-echo", payload=Echo)(lambda payload, job: None)
    yield "test-echo"
    registry.unregister("test-echo")
