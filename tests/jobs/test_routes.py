"""Routes: a submission of one type that becomes a job of another, at every entrance."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.callers import system_caller
from jobs import library, registry
from jobs.payloads import Payload
from jobs.registry import Route, job_type
from jobs.submission import Options, prepare


class Told(Payload):
    flavour: str
    report_type: str = "plain"


@pytest.fixture
def two_types() -> Iterator[None]:
    @job_type("test-general", queue="scoring", payload=Told)
    def general(payload: Told, job: Any) -> None: ...

    @job_type(
        "test-special",
        queue="signals",
        payload=Told,
        routes=[Route(of="test-general", field="reportType", value="special")],
    )
    def special(payload: Told, job: Any) -> None: ...

    yield
    registry.unregister("test-special")
    registry.unregister("test-general")


@pytest.mark.parametrize("field", ["reportType", "report_type"])
def test_data_that_say_so_become_a_job_of_the_other_type_on_its_queue(two_types: None, field: str) -> None:
    new = prepare("test_general", {"flavour": "x", field: "special"}, Options(), caller=system_caller())

    assert (new.type, new.queue) == ("test-special", "signals")


@pytest.mark.parametrize("more", [{}, {"reportType": "plain"}, {"flavour": "special"}])
def test_other_data_stay_with_the_type_that_was_named(two_types: None, more: dict[str, str]) -> None:
    new = prepare("test-general", {"flavour": "x", **more}, Options(), caller=system_caller())

    assert (new.type, new.queue) == ("test-general", "scoring")


def test_a_route_ends_with_the_type_that_has_it(two_types: None) -> None:
    registry.unregister("test-special")
    try:
        new = prepare("test-general", {"flavour": "x", "reportType": "special"}, Options(), caller=system_caller())
    finally:
        job_type("test-special", queue="signals", payload=Told)(lambda payload, job: None)

    assert new.type == "test-general"


@pytest.mark.django_db
def test_the_library_takes_the_route_as_well(two_types: None, redis_clean: Any) -> None:
    handle = library.enqueue("test-general", {"flavour": "x", "reportType": "special"})

    assert library.get_job(handle.id).type == "test-special"
