"""Running the checks: in order, each on its own, so that one broken part does not hide another."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError

from . import configuration, database, jobs, parts
from .findings import Finding

__all__ = ["CHECKS", "Check", "Finding", "examine"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """needs_database: is left out while the database does not answer, which has a finding of its own."""

    name: str
    find: Callable[[], Iterable[tuple[str, str]]]
    needs_database: bool = True


CHECKS: tuple[Check, ...] = (
    Check(name="database", find=database.reachable, needs_database=False),
    Check(name="migrations", find=database.migrated),
    Check(name="database-version", find=database.version),
    Check(name="database-connections", find=database.connections),
    Check(name="long-transactions", find=database.long_transactions),
    Check(name="vacuum", find=database.vacuum),
    Check(name="clock", find=database.clock_skew),
    Check(name="redis", find=parts.redis_answers, needs_database=False),
    Check(name="redis-memory", find=parts.redis_memory, needs_database=False),
    Check(name="redis-persistence", find=parts.redis_persistence, needs_database=False),
    Check(name="workers", find=parts.workers),
    Check(name="scheduler", find=parts.scheduler),
    Check(name="paused-queues", find=jobs.paused),
    Check(name="limits", find=jobs.saturated_limits),
    Check(name="stuck-jobs", find=jobs.stuck),
    Check(name="failures", find=jobs.repeated_failures),
    Check(name="dead-letters", find=jobs.dead_letters),
    Check(name="providers", find=configuration.providers, needs_database=False),
    Check(name="provider-circuits", find=configuration.circuits),
    Check(name="system", find=configuration.system, needs_database=False),
    Check(name="configuration", find=configuration.settings_problems, needs_database=False),
)


def examine(checks: Iterable[Check] = CHECKS) -> list[Finding]:
    """All findings, in the order of the checks. Never raises for what a check meets."""
    found: list[Finding] = []
    database_answers = True
    for check in checks:
        if check.needs_database and not database_answers:
            continue
        try:
            results = list(check.find())
        except (DatabaseError, InterfaceError) as error:
            results = [(f"The check could not ask the database: {type(error).__name__}.", "Run the doctor again.")]
        if check.name == "database" and results:
            database_answers = False
        found += [Finding(check=check.name, problem=problem, remedy=remedy) for problem, remedy in results]
    return found
