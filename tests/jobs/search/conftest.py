"""Searching in this process: jobs are made, run and indexed without waiting for a worker."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.callers import Caller, system_caller
from jobs import testing
from jobs.models import Job
from jobs.search import engine, indexing
from jobs.search.language import parse
from tests.jobs.conftest import diagnostic_types  # noqa: F401  the types that fail on request


@pytest.fixture
def run(db: None, redis_clean: Any, diagnostic_types: None) -> Callable[..., Job]:  # noqa: F811
    return testing.run_job


@pytest.fixture
def found() -> Callable[..., list[str]]:
    """Public ids of the first page, indexed up to now."""

    def find(text: str, caller: Caller | None = None, **more: Any) -> list[str]:
        assert indexing.catch_up(seconds=10)
        return [job.public_id for job in engine.find(caller or system_caller(), parse(text), **more).jobs()]

    return find
