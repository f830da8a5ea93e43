"""When a cron expression is due in a time zone: pure functions over aware UTC datetimes.

Daylight saving follows Debian's cron, by cronsim. A time that the clock skips is due at the end of
the gap, a time that it repeats is due the first time only; expressions with `*` in minutes or hours
follow real time. So what is daily is due once on each calendar day.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

LONGEST_CRON = 100
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELD = re.compile(r"[0-9A-Z*/,#\-]+\Z", re.ASCII)


class BadCron(ValueError):
    """The expression cannot be read, or is never due. The message is for the person who wrote it."""


class BadTimeZone(ValueError):
    """There is no such time zone. The message is for the person who wrote it."""


def checked_cron(text: str) -> str:
    """The expression with single blanks. Raises BadCron."""
    given = " ".join(text.split())
    if not given or len(given) > LONGEST_CRON:
        raise BadCron(f"must be a cron expression of at most {LONGEST_CRON} characters, such as 0 2 * * *")
    expression = NICKNAMES.get(given.lower(), given)
    fields = expression.upper().split(" ")
    if len(fields) != 5 or not all(_FIELD.match(one) for one in fields):
        raise BadCron("must have five fields: minute, hour, day of month, month, day of week, such as 0 2 * * *")
    try:
        next(CronSim(expression, datetime(2024, 1, 1, tzinfo=UTC)))
    except StopIteration:
        raise BadCron("is never due; correct the day of month or the month") from None
    except (CronSimError, ValueError, AssertionError, IndexError, KeyError) as error:
        # cronsim checks the ranges with these; its own sentences name the field.
        reason = str(error) or "a field cannot be read"
        raise BadCron(f"cannot be read ({reason}); the fields are minute, hour, day, month, weekday") from None
    return given


def checked_time_zone(text: str) -> str:
    """The name as given. Raises BadTimeZone."""
    _zone(text)
    return text


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTimeZone(f"must be a time zone such as Europe/Berlin or UTC, not {name[:60]!r}") from None


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A cron expression in a time zone. Raises BadCron or BadTimeZone when it is made."""

    cron: str
    time_zone: str
    zone: ZoneInfo = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_cron(self.cron)
        object.__setattr__(self, "zone", _zone(self.time_zone))

    def next_after(self, moment: datetime) -> datetime:
        """The first time that is due later than `moment`, in UTC."""
        return next(self._later_than(moment))

    def next_ones(self, moment: datetime, number: int) -> list[datetime]:
        return list(islice(self._later_than(moment), number))

    def due_until(self, first: datetime, now: datetime, *, most: int) -> tuple[list[datetime], bool]:
        """`first`, which was due, and what was due after it up to `now`: the last `most`, oldest first.

        The second value says whether earlier ones were left out.
        """
        # A month of minutes is long to count through: look at the last day, and further only where
        # that shows too few.
        for days in (1, 32, 366):
            start = now - timedelta(days=days)
            if start <= first:
                break
            found = self._up_to(start, now, most)
            if len(found) == most:
                return found, True
        found = self._up_to(first, now, most)
        if len(found) < most:
            return [first, *found], False
        return found, True

    def _up_to(self, start: datetime, now: datetime, most: int) -> list[datetime]:
        return list(deque(takewhile(lambda moment: moment <= now, self._later_than(start)), maxlen=most))

    def latest(self, now: datetime, *, within: timedelta) -> datetime | None:
        """The last time that was due, not later than `now`; None where that is longer ago than `within`."""
        found = self._up_to(now - within, now, 1)
        return found[0] if found else None

    def label(self, moment: datetime) -> str:
        """Names one occurrence: its date where nothing was due earlier that day, else its UTC time as well."""
        local = moment.astimezone(self.zone)
        midnight = datetime.combine(local.date(), time.min, self.zone)
        if self.next_after(midnight - timedelta(seconds=1)) >= moment:
            return f"{local:%Y-%m-%d}"
        return f"{moment.astimezone(UTC):%Y-%m-%dT%H%MZ}"

    def _later_than(self, moment: datetime) -> Iterator[datetime]:
        last = moment.astimezone(UTC)
        for found in CronSim(NICKNAMES.get(self.cron.lower(), self.cron), last.astimezone(self.zone)):
            due = found.astimezone(UTC)
            # Inside a repeated hour cronsim begins with the first pass, and around a gap it may
            # name one moment twice.
            if due > last:
                last = due
                yield due
