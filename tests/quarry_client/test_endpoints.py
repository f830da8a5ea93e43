"""Every request of the client is one that the server knows."""

from typing import Any

import pytest
from django.urls import resolve

from quarry_client.calls import request_to
from quarry_client.endpoints import ALL, JOB, Endpoint

PARTS = {
    "job_id": "job_1",
    "batch_id": "batch_1",
    "workflow_id": "flow_1",
    "name": "scoring",
    "company_id": "comp_1",
    "import_id": "0b6f4f3c-5d2a-4d34-9f0e-0d5b7d8f3a11",
    "report_id": "rep_abcdefghijkl2345",
    "calculation_id": "0b6f4f3c-5d2a-4d34-9f0e-0d5b7d8f3a11",
}


@pytest.mark.parametrize("endpoint", ALL, ids=lambda one: f"{one.method} {one.path}")
def test_the_server_has_the_path_and_the_method(endpoint: Endpoint[Any]) -> None:
    parts = {name: value for name, value in PARTS.items() if f"{{{name}}}" in endpoint.path}

    view: Any = resolve(endpoint.at(parts)).func

    assert endpoint.method in view.cls.needs, view.cls
    assert view.cls.__name__ != "UnknownPathView"


def test_a_part_of_a_path_stays_one_part() -> None:
    assert JOB.at({"job_id": "a/../b?c#d e"}) == "/api/jobs/a%2F..%2Fb%3Fc%23d%20e"


@pytest.mark.parametrize("nothing", ["", ".", ".."])
def test_a_part_that_names_nothing_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match="names nothing"):
        JOB.at({"job_id": nothing})


def test_what_an_endpoint_does_not_declare_is_not_sent() -> None:
    with pytest.raises(LookupError, match="declares no colour"):
        request_to(JOB, {"job_id": "job_1"}, query={"colour": "red"})
