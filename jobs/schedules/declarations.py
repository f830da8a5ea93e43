"""How an app declares a schedule in its `tasks.py`: a cron expression over a function that names jobs.

    @schedule("ucc-daily", cron="0 2 * * *", type="ucc-ingestion")
    def every_state(occurrence: Occurrence) -> Iterator[Submission]:
        for state in settings.UCC_STATES:
            yield occurrence.submission("ucc-ingestion", {"state": state}, id="ucc-" + state)

The function runs in the scheduler, inside the transaction that stores its jobs: it may read rows to
decide what is due, and must do nothing slow. It may run again for the same occurrence, after a
rollback.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ..actions import Submission
from ..submission import Options
from .cron import checked_cron, checked_time_zone

__all__ = ["Declaration", "MissedRuns", "Occurrence", "Submission", "Trigger", "schedule", "schedule_job"]

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
LONGEST_NAME = 64
_DEFAULTS = Options()


class MissedRuns(StrEnum):
    """What happens to an occurrence that was missed while no scheduler ran.

    ONCE: the last one fires late, once; earlier ones are recorded as skipped. SKIP: all are skipped.
    """

    ONCE = "once"
    SKIP = "skip"


class Trigger(StrEnum):
    CLOCK = "clock"
    CATCH_UP = "catch-up"
    MANUAL = "manual"


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One firing of a schedule. `label` is the same in every try, on every host: build job ids from it.

    fire_time: when it was due, in the schedule's time zone; for a manual run, when it was asked for.
    """

    schedule: str
    fire_time: datetime
    label: str
    trigger: Trigger = Trigger.CLOCK

    def job_id(self, *parts: str) -> str:
        """`occurrence.job_id("ucc", "NY")` is `ucc-NY-2026-01-31`."""
        return "-".join([*(parts or (self.schedule,)), self.label])

    def submission(
        self,
        type: str,  # noqa: A002  the API's word
        data: Mapping[str, Any],
        *,
        id: str | None = None,  # noqa: A002
        options: Options | None = None,
    ) -> Submission:
        """One job of this occurrence. id: what tells it from the others; the label is put behind it."""
        chosen = replace(options or Options(), job_id=self.job_id(id or self.schedule))
        return Submission(type=type, data=data, options=chosen)


FanOut = Callable[[Occurrence], Iterable[Submission]]


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """time_zone: None is TIME_ZONE. type: the type of its jobs, for those who look at the list."""

    name: str
    cron: str
    fan_out: FanOut
    time_zone: str | None
    enabled: bool
    missed: MissedRuns
    type: str
    description: str
    data: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


_declared: dict[str, Declaration] = {}


def schedule(
    name: str,
    *,
    cron: str,
    type: str = "",  # noqa: A002  the API's word
    time_zone: str | None = None,
    enabled: bool = True,
    missed: str = MissedRuns.ONCE,
    description: str = "",
) -> Callable[[FanOut], FanOut]:
    """Declare a schedule over a function that yields the jobs of one occurrence.

    description: the function's first line unless given. Raises ValueError at import for a name that
    is taken or not kebab-case, and for a cron expression or a time zone that cannot be read.
    """

    def register(fan_out: FanOut) -> FanOut:
        first_line = (fan_out.__doc__ or "").strip().partition("\n")[0]
        _add(
            Declaration(
                name=name,
                cron=cron,
                fan_out=fan_out,
                time_zone=time_zone,
                enabled=enabled,
                missed=MissedRuns(missed),
                type=type,
                description=description or first_line,
            )
        )
        return fan_out

    return register


def schedule_job(
    name: str,
    *,
    cron: str,
    type: str,  # noqa: A002
    data: Mapping[str, Any] | None = None,
    options: Options | None = None,
    time_zone: str | None = None,
    enabled: bool = True,
    missed: str = MissedRuns.ONCE,
    description: str = "",
) -> None:
    """Declare a schedule of one job whose data never changes; its id is `<name>-<date>`."""

    def one_job(occurrence: Occurrence) -> Iterable[Submission]:
        return [occurrence.submission(type, data or {}, options=options)]

    _add(
        Declaration(
            name=name,
            cron=cron,
            fan_out=one_job,
            time_zone=time_zone,
            enabled=enabled,
            missed=MissedRuns(missed),
            type=type,
            description=description,
            data=data or {},
            options=_stored(options or Options()),
        )
    )


def _stored(options: Options) -> dict[str, Any]:
    """What differs from the defaults, as the row's JSON gives it back."""
    chosen = {key: value for key, value in vars(options).items() if value != getattr(_DEFAULTS, key)}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in chosen.items()}


def _add(new: Declaration) -> None:
    if len(new.name) > LONGEST_NAME or not NAME.match(new.name):
        raise ValueError(f"Schedule {new.name!r}: the name must be kebab-case, of at most {LONGEST_NAME} characters.")
    if new.name in _declared:
        raise ValueError(f"Schedule {new.name!r} is declared twice.")
    try:
        checked_cron(new.cron)
        checked_time_zone(new.time_zone or "UTC")
    except ValueError as error:
        raise ValueError(f"Schedule {new.name!r}: {new.cron!r} in {new.time_zone!r} {error}.") from None
    _declared[new.name] = new


def declared() -> list[Declaration]:
    return sorted(_declared.values(), key=lambda one: one.name)


def declaration(name: str) -> Declaration | None:
    return _declared.get(name)


def undeclare(name: str) -> None:
    """Forget a schedule again. For tests that declare one of their own."""
    _declared.pop(name, None)
