"""The settings that may change at run time: how they are written, checked and read. Pure functions."""

from collections.abc import Mapping
from typing import Any

from ..policy import LiveValues, QueuePolicy, StartLimit
from .models import SETTINGS

MOST_SLOTS = 100
#: Beyond these a number is a slip of the finger.
MOST_AT_ONCE = 10_000
MOST_STARTS = 1_000_000
LONGEST_WINDOW_MS = 30 * 86_400_000
LONGEST_REASON = 500

#: The fields of QueuePolicy behind the settings.
FIELDS = {"concurrency": "concurrency", "maxConcurrency": "max_concurrency", "startLimit": "start_limit"}


class InvalidOverride(ValueError):
    """`fields` says what is wrong with each setting; nothing was changed."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name} {text}" for name, text in fields.items()))
        self.fields = dict(fields)


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings in `given` as they are stored. Raises InvalidOverride naming every mistake."""
    problems: dict[str, str] = {}
    found = {}
    for setting, value in given.items():
        if setting not in SETTINGS:
            problems[setting] = f"cannot be changed at run time; what can is {', '.join(SETTINGS)}"
        elif problem := _CHECKS[setting](value):
            problems[setting] = problem
        else:
            found[setting] = value
    if problems:
        raise InvalidOverride(problems)
    return found


def _concurrency(value: Any) -> str | None:
    return None if _whole(value, MOST_SLOTS) else f"must be a whole number from 1 to {MOST_SLOTS}"


def _cap(value: Any) -> str | None:
    if value is None or _whole(value, MOST_AT_ONCE):
        return None
    return f"must be a whole number from 1 to {MOST_AT_ONCE}, or null for no cap"


def _limit(value: Any) -> str | None:
    if value is None:
        return None
    if (
        isinstance(value, dict)
        and value.keys() == {"count", "windowMs"}
        and _whole(value["count"], MOST_STARTS)
        and _whole(value["windowMs"], LONGEST_WINDOW_MS)
    ):
        return None
    return (
        f'must be {{"count": 1 to {MOST_STARTS}, "windowMs": 1 to {LONGEST_WINDOW_MS}}} in whole numbers, '
        "or null for no limit"
    )


_CHECKS = {"concurrency": _concurrency, "maxConcurrency": _cap, "startLimit": _limit}


def _whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def live_values(stored: Mapping[str, Any]) -> LiveValues:
    """Stored settings as fields of a policy. One this version does not know is left out: a newer one wrote it."""
    values: dict[str, int | StartLimit | None] = {}
    for setting, value in stored.items():
        if setting == "startLimit":
            values["start_limit"] = value and StartLimit(count=value["count"], window_ms=value["windowMs"])
        elif setting in FIELDS:
            values[FIELDS[setting]] = value
    return values


def settings_of(rules: QueuePolicy) -> dict[str, Any]:
    """What a policy says of the settings, in the form they are stored in."""
    limit = rules.start_limit
    return {
        "concurrency": rules.concurrency,
        "maxConcurrency": rules.max_concurrency,
        "startLimit": {"count": limit.count, "windowMs": limit.window_ms} if limit else None,
    }
