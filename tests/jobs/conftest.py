"""The diagnostic job types, registered for the tests that run jobs in this process."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from jobs import diagnostics, registry


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
