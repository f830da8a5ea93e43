"""From a declared workflow to an ordered list of jobs: names, structure and cycles, checked whole.

Two ways to declare one. `jobs`: each with a name and, in `dependsOn`, the names it waits for. Or nested
`sequence` and `parallel` lists: in a sequence each item waits for all of the one before it, so that what
follows a parallel group is its join.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic.alias_generators import to_camel, to_snake

from ..payloads import InvalidPayload
from .words import FAIL, ON_FAILURE

MOST_JOBS = 1000
DEEPEST = 20
NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}\Z")
FORMS = ("jobs", "sequence", "parallel")
_FIELDS = ("name", "type", "data", "options", "dependsOn", "onDependencyFailure")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A declared job that has been read but not checked against its type. path: where it was declared."""

    name: str
    path: str
    type: str
    data: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    on_failure: str = FAIL


def read(declared: Mapping[str, Any]) -> list[Draft]:
    """The declared jobs, each after all it needs. Raises InvalidPayload with every mistake, by its path."""
    forms = [form for form in FORMS if declared.get(form) is not None]
    if len(forms) != 1:
        raise InvalidPayload({"jobs": f"or one of {', '.join(FORMS[1:])} is required, and only one of them"})
    reader = _Reader()
    if forms[0] == "jobs":
        reader.table(declared["jobs"])
    else:
        reader.group({forms[0]: declared[forms[0]]}, "", (), 1)
    if reader.problems:
        raise InvalidPayload(reader.problems)
    return in_order(reader.drafts)


class _Reader:
    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.problems: dict[str, str] = {}
        self._names: set[str] = set()

    # --- jobs: {name: {..., dependsOn}} -------------------------------------------------------
    def table(self, given: Any) -> None:
        if not isinstance(given, Mapping) or not 1 <= len(given) <= MOST_JOBS:
            self.problems["jobs"] = f"must be an object of 1 to {MOST_JOBS} jobs by name"
            return
        for name, value in given.items():
            path = f"jobs.{str(name)[:64]}"
            if not NAME.match(str(name)):
                self.problems[path] = "is no name: 1 to 64 letters, digits or any of _ - ."
            elif fields := self._fields(value, path, without="name"):
                draft = self._draft(str(name), fields, path)
                self.drafts.append(replace(draft, needs=self._needs(fields.get("dependsOn"), path, given)))

    def _needs(self, given: Any, path: str, known: Mapping[str, Any]) -> tuple[str, ...]:
        if given is None:
            return ()
        if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
            self.problems[f"{path}.dependsOn"] = "must be a list of names of jobs of this workflow"
            return ()
        for name in given:
            if name not in known:
                self.problems[f"{path}.dependsOn"] = f"names {name[:64]!r}, which is no job of this workflow"
        return tuple(dict.fromkeys(given))

    # --- sequence and parallel ----------------------------------------------------------------
    def group(self, given: Any, path: str, after: tuple[str, ...], depth: int) -> tuple[str, ...]:
        """Read one node; returns the names that whatever follows it waits for."""
        form = next((form for form in FORMS[1:] if isinstance(given, Mapping) and form in given), None)
        if form is None:
            return self._leaf(given, path, after)
        here = f"{path}.{form}".lstrip(".")
        items = given[form]
        if depth > DEEPEST:
            self.problems[here] = f"is nested deeper than {DEEPEST} levels"
        elif len(given) > 1:
            self.problems[path or form] = f"holds {form} and something else; a group holds its list alone"
        elif not isinstance(items, list | tuple) or not items:
            self.problems[here] = "must be a list of at least one job or group"
        elif form == "sequence":
            for index, item in enumerate(items):
                after = self.group(item, f"{here}.{index}", after, depth + 1)
        else:
            ends = [self.group(item, f"{here}.{index}", after, depth + 1) for index, item in enumerate(items)]
            after = tuple(dict.fromkeys(name for end in ends for name in end))
        return after

    def _leaf(self, given: Any, path: str, after: tuple[str, ...]) -> tuple[str, ...]:
        fields = self._fields(given, path, without="dependsOn")
        if not fields:
            return after
        if len(self.drafts) >= MOST_JOBS:
            self.problems["jobs"] = f"a workflow has at most {MOST_JOBS} jobs"
            return after
        name = fields.get("name")
        if name is None:
            name = self._free_name(str(fields.get("type")))
        elif not isinstance(name, str) or not NAME.match(name):
            self.problems[f"{path}.name"] = "must be 1 to 64 letters, digits or any of _ - ."
            return after
        elif name in self._names:
            self.problems[f"{path}.name"] = f"{name!r} is the name of another job of this workflow"
            return after
        self._names.add(name)
        self.drafts.append(replace(self._draft(name, fields, path), needs=after))
        return (name,)

    def _free_name(self, word: str) -> str:
        base = re.sub(r"[^A-Za-z0-9_.\-]", "-", word)[:56] or "job"
        number = 1
        while (name := base if number == 1 else f"{base}-{number}") in self._names:
            number += 1
        return name

    # --- One job ------------------------------------------------------------------------------
    def _fields(self, given: Any, path: str, *, without: str) -> dict[str, Any]:
        if not isinstance(given, Mapping):
            self.problems[path or "jobs"] = "must be an object with type and data"
            return {}
        allowed = [name for name in _FIELDS if name != without]
        found: dict[str, Any] = {}
        for key, value in given.items():
            name = to_camel(to_snake(str(key)))
            if name not in allowed:
                self.problems[f"{path}.{key}"] = f"is not known here; the fields are {', '.join(allowed)}"
            elif value is not None:
                found[name] = value
        if not isinstance(found.get("type"), str):
            self.problems[f"{path}.type"] = "is required, and is a text"
            return {}
        return found

    def _draft(self, name: str, fields: Mapping[str, Any], path: str) -> Draft:
        for key in ("data", "options"):
            if not isinstance(fields.get(key, {}), Mapping):
                self.problems[f"{path}.{key}"] = "must be an object"
        on_failure = fields.get("onDependencyFailure", FAIL)
        if on_failure not in ON_FAILURE:
            self.problems[f"{path}.onDependencyFailure"] = f"must be one of {', '.join(ON_FAILURE)}"
        return Draft(
            name=name,
            path=path,
            type=fields["type"],
            data=fields.get("data", {}),
            options=fields.get("options", {}),
            on_failure=str(on_failure),
        )


def in_order(drafts: Sequence[Draft]) -> list[Draft]:
    """Each after all it needs, otherwise in the given order. Raises InvalidPayload naming a cycle."""
    by_name = {draft.name: draft for draft in drafts}
    done: set[str] = set()
    ordered: list[Draft] = []
    waiting = list(drafts)
    while waiting:
        ready = [draft for draft in waiting if done.issuperset(draft.needs)]
        if not ready:
            names = cycle_among(waiting)
            raise InvalidPayload({f"{by_name[names[0]].path}.dependsOn": f"forms a cycle: {' → '.join(names)}"})
        ordered += ready
        done.update(draft.name for draft in ready)
        waiting = [draft for draft in waiting if draft.name not in done]
    return ordered


def cycle_among(drafts: Iterable[Draft]) -> list[str]:
    """One cycle of jobs none of which can come first: `[a, b, a]`, where a needs b."""
    needs = {draft.name: draft.needs for draft in drafts}
    trail: list[str] = []
    name = next(iter(needs))
    while name not in trail:
        trail.append(name)
        name = next(other for other in needs[name] if other in needs)
    return [*trail[trail.index(name) :], name]
