"""The system checks find what does not fit together."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.checks import CheckMessage

from jobs import checks, policy, registry


def found() -> list[CheckMessage]:
    return checks.check_declarations()


def ids() -> list[str | None]:
    return [message.id for message in found()]


def test_all_declarations_fit() -> None:
    assert found() == []


def test_a_queue_without_policy(settings: Any) -> None:
    settings.RQ_QUEUES = {**settings.RQ_QUEUES, "orphans": {}}

    assert ids() == ["jobs.E001"]


def test_a_policy_without_queue(settings: Any) -> None:
    settings.RQ_QUEUES = {name: value for name, value in settings.RQ_QUEUES.items() if name != "research"}

    assert ids() == ["jobs.E002"]


def test_a_declared_type_on_an_unknown_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(policy.TYPE_POLICIES["research"], queue="reserch")
    monkeypatch.setattr(policy, "TYPE_POLICIES", {**policy.TYPE_POLICIES, "no-type-yet": wrong})

    assert ids() == ["jobs.E003"]
    assert "'no-type-yet' uses queue 'reserch'" in found()[0].msg


def test_a_registered_type_on_an_unknown_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = next(iter(registry.all_types(internal=True)))
    monkeypatch.setitem(registry._types, kind.name, replace(kind, queue="reserch"))

    assert ids() == ["jobs.E003"]


@pytest.mark.parametrize(("alias", "queue"), [("words", "nowhere"), ("research", "signals")])
def test_an_alias_that_misleads(monkeypatch: pytest.MonkeyPatch, alias: str, queue: str) -> None:
    monkeypatch.setattr(policy, "QUEUE_ALIASES", {alias: queue})

    assert ids() == ["jobs.E004"]


@pytest.mark.parametrize(
    "change",
    [
        lambda groups: {**groups, "more": ("research",)},
        lambda groups: {**groups, "more": ("nowhere",)},
        lambda groups: {**groups, "output": tuple(queue for queue in groups["output"] if queue != "webhooks")},
    ],
)
def test_a_queue_that_is_not_in_one_group(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    monkeypatch.setattr(policy, "WORKER_GROUPS", change(policy.WORKER_GROUPS))

    assert ids() == ["jobs.E005"]


def test_diagnostics_without_their_types(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DIAGNOSTICS = True
    monkeypatch.setattr(registry, "_types", {})

    assert ids() == ["jobs.E006"]


def test_an_exposed_redis_is_a_deployment_warning(settings: Any) -> None:
    settings.REDIS_URL = "redis://:hush@redis.example/0"

    (message,) = checks.check_redis_connection()

    assert message.id == "jobs.W001"
    assert "hush" not in str(message)


def test_a_local_redis_is_none(settings: Any) -> None:
    settings.REDIS_URL = "redis://localhost:6379/0"

    assert checks.check_redis_connection() == []
