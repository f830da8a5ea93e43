"""A place for schedules of the tests' own, which are forgotten afterwards."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.callers import system_caller
from accounts.models import AuditEntry, User
from jobs import registry
from jobs.payloads import Payload
from jobs.schedules import declarations, registration
from jobs.schedules.declarations import Occurrence, Submission
from jobs.schedules.models import Schedule

NewSchedule = Callable[..., Schedule]
BY = system_caller()


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(name: str = "nightly") -> Schedule:
    return Schedule.objects.get(name=name)


def audited() -> list[tuple[str, str, str]]:
    """Action, schedule and outcome of what was done to schedules, the earliest first."""
    entries = AuditEntry.objects.filter(target_type="schedule").order_by("id")
    return list(entries.values_list("action", "target_id", "outcome"))


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


@pytest.fixture
def browser(db: None) -> Client:
    """Signed in as an administrator."""
    client = Client()
    client.force_login(User.objects.create_user("boss@example.com", role="admin"))
    return client
