"""The servers of these tests, emptied before each one, and a place for the figures they measure."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from config.queue_settings import read_overrides
from jobs import policy, registry

from .world import World, running_world

NewPolicy = Callable[..., None]
Measure = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.survival)


@pytest.fixture(scope="package")
def servers(django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), running_world() as world:
        yield world


@pytest.fixture(scope="package")
def diagnostic_types() -> Iterator[None]:
    """The workers have them by QUARRY_DIAGNOSTICS=1; this process enqueues them."""
    from jobs import diagnostics

    missing = not settings.DIAGNOSTICS
    if missing:
        diagnostics.register()
    yield
    if missing:
        for kind in [kind.name for kind in registry.all_types() if kind.name.startswith("diag-")]:
            registry.unregister(kind)


@pytest.fixture
def world(servers: World, diagnostic_types: None) -> Iterator[World]:
    servers.reset()
    yield servers
    for process in servers.processes:
        process.destroy()


@pytest.fixture
def policies() -> Iterator[NewPolicy]:
    """`policies(RESEARCH_RATE_LIMIT="10/4000")`: for this process and for those it starts."""
    with pytest.MonkeyPatch.context() as patch:

        def change(**variables: str) -> None:
            for name, value in variables.items():
                patch.setenv(name, value)
            patch.setattr(settings, "QUEUE_OVERRIDES", read_overrides())
            policy.reread()
            rules = policy.effective(policy.HOUSEKEEPING)
            for kind in registry.all_types():
                if kind.name.startswith("diag-"):
                    changed = replace(kind, attempts=rules.attempts, backoff=rules.backoff)
                    patch.setitem(registry._types, kind.name, changed)

        yield change
    policy.reread()


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measure:
    """`measured(seconds=1.2)`: kept for docs/survival.md where QUARRY_SURVIVAL_FIGURES names a file."""

    def keep(**figures: Any) -> None:
        path = os.environ.get("QUARRY_SURVIVAL_FIGURES")
        if path:
            with open(path, "a") as file:
                file.write(json.dumps({"test": request.node.name, **figures}) + "\n")

    return keep
