"""The diagnostic job types, registered for the tests that run jobs in this process."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from jobs import diagnostics, registry
from jobs.events.registry import registry as streams
from jobs.events.tail import tail


@pytest.fixture
def diagnostic_types() -> Iterator[None]:
    if settings.DIAGNOSTICS:
        yield
        return
    diagnostics.register()
    yield
    for kind in list(registry.all_types()):
        if kind.name.startswith("diag-"):
            registry.unregister(kind.name)


@pytest.fixture(autouse=True)
def no_stream_stays_open() -> Iterator[None]:
    """A stream that a test opened and did not read to its end is closed, and nobody reads events any more."""
    yield
    streams().close_all()
    tail().stop()
