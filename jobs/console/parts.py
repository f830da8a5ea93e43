"""The health strip: whether PostgreSQL, Redis, workers, the scheduler and outside sources do their part."""

from collections.abc import Sequence
from dataclasses import dataclass

from .. import hooks
from ..health import LiveWorker, redis_problem, workers
from ..schedules.heartbeat import schedulers


@dataclass(frozen=True, kw_only=True)
class Part:
    """tone: good, warn or bad. note: what it does, or what to do about it."""

    name: str
    icon: str
    tone: str
    note: str


def parts() -> list[Part]:
    """PostgreSQL answered, or the caller would not have come this far."""
    return [
        Part(name="PostgreSQL", icon="database", tone="good", note="answers"),
        _redis(redis_problem()),
        _workers([worker for worker in workers() if worker.running]),
        _scheduler(),
        *_sources(),
    ]


def _redis(problem: str | None) -> Part:
    return Part(name="Redis", icon="bolt", tone="bad" if problem else "good", note=problem or "answers")


def _workers(live: Sequence[LiveWorker]) -> Part:
    taking = [worker for worker in live if not worker.row.quiet and not worker.row.stopping]
    if not taking:
        return Part(
            name="Workers", icon="server", tone="bad", note="none takes jobs; start some with manage.py workers"
        )
    others = len(live) - len(taking)
    note = f"{len(taking)} running" + (f", {others} quiet or stopping" if others else "")
    return Part(name="Workers", icon="server", tone="warn" if others else "good", note=note)


def _scheduler() -> Part:
    live = [one for one in schedulers() if one.running]
    if not live:
        note = "none runs, no schedule fires; start one with manage.py rqscheduler"
        return Part(name="Scheduler", icon="calendar-time", tone="warn", note=note)
    if not any(one.active for one in live):
        return Part(name="Scheduler", icon="calendar-time", tone="warn", note="one is taking over")
    note = "running" + (f", {len(live) - 1} standing by" if len(live) > 1 else "")
    return Part(name="Scheduler", icon="calendar-time", tone="good", note=note)


def _sources() -> Sequence[Part]:
    """Nothing as long as no source is in use."""
    circuits = hooks.provider_circuits()
    if not circuits:
        return []
    out = [name for name, state in circuits.items() if state is not hooks.Circuit.CLOSED]
    if not out:
        return [Part(name="Sources", icon="world", tone="good", note=f"{len(circuits)} in use")]
    return [Part(name="Sources", icon="world", tone="warn", note=f"left alone after failures: {', '.join(out)}")]
