"""Somebody with every right, and a row of each kind to ask for."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework.test import APIClient

from jobs.api.openapi.views import whole
from jobs.schedules.registration import sync
from tests.authorisation import world
from tests.authorisation.operations import API, operation_id
from tests.jobs.conftest import no_stream_stays_open as no_stream_stays_open


@dataclass(frozen=True, kw_only=True)
class Boss:
    """known: by operation, the values of its path's parameters with which there is something."""

    client: APIClient
    known: dict[str, dict[str, str]]


@pytest.fixture
def boss(db: None, redis_clean: Any) -> Boss:
    """An administrator with an organisation, so that nothing is hidden behind 403."""
    users = world.people()
    ids = world.ids(users)
    sync()
    return Boss(client=world.caller(users["admin"]), known=_known(ids))


def _known(ids: dict[str, str]) -> dict[str, dict[str, str]]:
    """As the rows of the authorisation matrix name them."""
    paths = {operation_id(row): row.path.format(**ids).partition("?")[0] for row in API}
    found = {}
    for template, methods in whole()["paths"].items():
        form = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
        for operation in methods.values():
            name = operation["operationId"]
            matched = form.fullmatch(paths[name])
            assert matched, f"{paths[name]} is not as {template}"
            found[name] = matched.groupdict()
    return found
