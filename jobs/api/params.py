"""Reading query parameters and body fields: both spellings in, every mistake named at once."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime
from pydantic.alias_generators import to_camel, to_snake

from ..timestamps import in_utc
from .problems import Invalid

T = TypeVar("T")

_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
#: Larger offsets than this are nobody's paging.
LARGEST_OFFSET = 10_000_000


class Params:
    """Query parameters by camelCase name. `done()` raises Invalid with all that was wrong."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.problems: dict[str, str] = {}
        self._values: dict[str, str] = {}
        lists = given.lists() if hasattr(given, "lists") else ((key, [value]) for key, value in given.items())
        for key, values in lists:
            name = to_camel(to_snake(key)) if "_" in key else key
            for value in values:
                if self._values.setdefault(name, value) != value:
                    self.problems[key] = "is given twice with different values; give it once"

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, *, longest: int = 200) -> str | None:
        """None where absent or empty."""
        value = self._values.get(name) or None
        if value is not None and len(value) > longest:
            self.problems[name] = f"is longer than {longest} characters"
            return None
        return value

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        raw = self._values.get(name)
        if raw is None:
            return default
        value = int(raw) if len(raw) <= 20 and raw.lstrip("-").isascii() and raw.lstrip("-").isdigit() else None
        if value is None or not least <= value <= most:
            self.problems[name] = f"must be a whole number from {least} to {most}"
            return default
        return value

    def flag(self, name: str) -> bool:
        raw = self._values.get(name)
        if raw is None:
            return False
        if raw.lower() not in _FLAGS:
            self.problems[name] = "must be true or false"
            return False
        return _FLAGS[raw.lower()]

    def when(self, name: str) -> datetime | None:
        """A timestamp in UTC; one without zone is meant so."""
        raw = self._values.get(name)
        if not raw:
            return None
        try:
            # A plus sign in a query arrives as a blank.
            value = parse_datetime(raw.replace(" ", "+") if "T" in raw else raw)
            if value is None:
                value = datetime.fromisoformat(raw)
            return in_utc(value)
        except ValueError:
            self.problems[name] = "must be an ISO timestamp such as 2026-01-31T12:00:00Z"
            return None

    def parsed(self, name: str, parse: Callable[[str], T | None], must_be: str) -> T | None:
        """What `parse` makes of the value; its ValueError or None is the caller's mistake."""
        raw = self._values.get(name)
        if not raw:
            return None
        try:
            value = parse(raw)
        except ValueError:
            value = None
        if value is None:
            self.problems[name] = must_be
        return value

    def listed(self, name: str, *, most: int) -> list[str]:
        """Comma-separated words, each once, in the given order."""
        words = dict.fromkeys(word.strip() for word in (self._values.get(name) or "").split(","))
        words.pop("", None)
        if len(words) > most:
            self.problems[name] = f"names more than {most} things; send them in parts"
        return list(words)

    def done(self) -> None:
        if self.problems:
            raise Invalid(self.problems)


def fields_of(data: Any, allowed: Iterable[str], *, prefix: str = "") -> dict[str, Any]:
    """A JSON object's fields by camelCase name. Raises Invalid for unknown or conflicting ones."""
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise Invalid({prefix.rstrip(".") or "body": "must be an object"})
    names = list(allowed)
    found: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for key, value in data.items():
        name = to_camel(to_snake(key)) if "_" in key else key
        if name not in names:
            problems[prefix + key] = f"is not known here; the fields are {', '.join(names)}"
        elif name in found and found[name] != value:
            problems[prefix + key] = "is given in both spellings with different values; give one of them"
        else:
            found[name] = value
    if problems:
        raise Invalid(problems)
    return found


def whole(value: Any, default: int, *, name: str, least: int, most: int) -> int:
    """A body's whole number, `default` where absent. Raises Invalid."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid({name: f"must be a whole number from {least} to {most}"})
    return value
