"""System checks of the job layer: what is declared in different places must fit together.

E-numbers stop every management command; W-numbers are for `check --deploy`.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name

from . import policy, registry
from .schedules import declarations
from .schedules.changes import switch_of

DIAGNOSTIC_TYPES = frozenset(
    f"diag-{word}" for word in ("noop", "sleep", "effect", "fail", "progress", "segfault", "allocate", "spin")
)


@register("jobs")
def check_declarations(app_configs: Sequence[AppConfig] | None = None, **more: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    found += _queues_without_policy()
    found += _types_on_unknown_queues()
    found += _followers_of_failures()
    found += _names_of_unknown_queues()
    found += _ungrouped_queues()
    found += _missing_diagnostics()
    found += _switches_of_unknown_schedules()
    return found


@register(Tags.security, deploy=True)
def check_redis_connection(app_configs: Sequence[AppConfig] | None = None, **more: Any) -> list[CheckMessage]:
    problem = redis_exposure(settings.REDIS_URL)
    if problem is None:
        return []
    return [Warning(problem, hint="Use rediss://:password@host:port/db in REDIS_URL.", id="jobs.W001")]


def redis_exposure(url: str) -> str | None:
    """What a way to Redis over a network lacks, without repeating any of it; None where all is well."""
    parts = urlsplit(url)
    if parts.scheme == "unix" or _is_local(parts.hostname or "localhost"):
        return None
    lacks = []
    if not (parts.password or parse_qs(parts.query).get("password")):
        lacks.append("no password")
    if parts.scheme != "rediss":
        lacks.append("no TLS")
    if not lacks:
        return None
    return f"Redis is on another host and the connection has {' and '.join(lacks)}."


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _queues_without_policy() -> Iterator[CheckMessage]:
    for name in settings.RQ_QUEUES:
        if name not in policy.policies():
            yield Error(
                f"RQ_QUEUES defines the queue {name!r}, which has no policy.",
                hint="Add it to _QUEUES in jobs/policy.py, or take it out of config/queue_settings.py.",
                id="jobs.E001",
            )
    for name in policy.policies():
        if name not in settings.RQ_QUEUES:
            yield Error(
                f"The queue {name!r} has a policy, and RQ_QUEUES does not define it.",
                hint="Add it to config/queue_settings.py.",
                id="jobs.E002",
            )


def _types_on_unknown_queues() -> Iterator[CheckMessage]:
    declared = {name: rules.queue for name, rules in policy.TYPE_POLICIES.items()}
    registered = {kind.name: kind.queue for kind in registry.all_types(internal=True)}
    for name, queue in sorted((declared | registered).items()):
        if queue not in policy.policies():
            yield Error(f"Job type {name!r} uses queue {queue!r}, which no policy defines.", id="jobs.E003")


def _followers_of_failures() -> Iterator[CheckMessage]:
    kinds = registry.all_types(internal=True)
    known = {kind.name for kind in kinds if kind.internal}
    for kind in kinds:
        if kind.after_failure and kind.after_failure.job_type not in known:
            yield Error(
                f"{kind.name!r} is followed by {kind.after_failure.job_type!r}, which is no internal type.",
                id="jobs.E007",
            )


def _names_of_unknown_queues() -> Iterator[CheckMessage]:
    for alias, queue in policy.QUEUE_ALIASES.items():
        if queue not in policy.policies():
            yield Error(f"The queue alias {alias!r} means {queue!r}, which no policy defines.", id="jobs.E004")
        if alias in policy.policies():
            yield Error(f"The queue alias {alias!r} is the name of a queue.", id="jobs.E004")


def _ungrouped_queues() -> Iterator[CheckMessage]:
    grouped = [queue for queues in policy.WORKER_GROUPS.values() for queue in queues]
    for queue in sorted({*policy.policies(), *grouped}):
        times = grouped.count(queue)
        if queue not in policy.policies():
            yield Error(f"A worker group serves {queue!r}, which no policy defines.", id="jobs.E005")
        elif times != 1:
            yield Error(
                f"The queue {queue!r} is in {times} worker groups instead of one.",
                hint="Correct WORKER_GROUPS in jobs/policy.py: a queue in none is served by nobody.",
                id="jobs.E005",
            )


def _missing_diagnostics() -> Iterator[CheckMessage]:
    known = {kind.name for kind in registry.all_types(internal=True)}
    if settings.DIAGNOSTICS and (missing := DIAGNOSTIC_TYPES - known):
        yield Error(
            f"QUARRY_DIAGNOSTICS is on and these types are missing: {', '.join(sorted(missing))}.", id="jobs.E006"
        )


def _switches_of_unknown_schedules() -> Iterator[CheckMessage]:
    known = {one.name for one in declarations.declared()}
    for name in sorted(settings.SCHEDULE_SWITCHES.keys() - known):
        yield Warning(
            f"{switch_of(name)} is set, and no app declares a schedule {name!r}.",
            hint=f"The schedules are {', '.join(sorted(known))}.",
            id="jobs.W002",
        )
