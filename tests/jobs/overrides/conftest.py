"""Each test begins with the policies of the environment."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from accounts.callers import Caller, system_caller
from jobs.overrides import live


@pytest.fixture(autouse=True)
def fresh_policies() -> Iterator[None]:
    live.forget()
    yield
    live.forget()


@pytest.fixture
def ann() -> Caller:
    return replace(system_caller(), user_id="user_ann", name="ann@example.com")
