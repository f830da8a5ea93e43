"""The registry of job types: one decorator makes a type known to every entry point."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_camel

from . import policy
from .payloads import Payload
from .policy import Backoff, TypePolicy

if TYPE_CHECKING:
    from .running import RunningJob

Handler = Callable[[Any, "RunningJob"], Any]
#: Looks at a validated payload before the job is stored; raises to refuse it.
Precondition = Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Route:
    """Submissions of the type `of` whose data say `value` in `field` (camelCase) become jobs of the route's owner."""

    of: str
    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class AfterFailure:
    """A job that follows whenever one of a type ends otherwise than completed, whatever ended it.

    job_type: an internal type whose payload takes `jobId` and `outcome`: failed, dead, cancelled or removed.
    wanted: given the public id of the job that ended; False where nothing is left to do about it.
    """

    job_type: str
    wanted: Callable[[str], bool] = lambda _: True


@dataclass(frozen=True, kw_only=True)
class JobType:
    name: str
    queue: str
    payload: type[Payload]
    handler: Handler
    attempts: int
    backoff: Backoff
    priority: int | None
    estimate_seconds: int
    aliases: tuple[str, ...]
    #: Attribute of the payload that names the entity the job is about.
    related: str | None
    requires_tenant: bool
    #: Least role that may create jobs of this type.
    role: str
    internal: bool
    #: Whether a caller may send the job to another queue than its own (diagnostics only).
    any_queue: bool
    precondition: Precondition | None
    routes: tuple[Route, ...] = ()
    after_failure: AfterFailure | None = None

    def related_id(self, payload: Payload) -> str | None:
        value = getattr(payload, self.related) if self.related else None
        return None if value is None else str(value)


class UnknownType(LookupError):
    """No job type has this name."""


_types: dict[str, JobType] = {}
_names: dict[str, str] = {}
#: Type to the routes that lead away from it, each with the type that it leads to.
_routes: dict[str, list[tuple[Route, str]]] = {}


def job_type(
    name: str,
    *,
    payload: type[Payload],
    queue: str | None = None,
    attempts: int | None = None,
    backoff: Backoff | None = None,
    priority: int | None = None,
    estimate_seconds: int | None = None,
    aliases: Iterable[str] = (),
    related: str | None = None,
    requires_tenant: bool = False,
    role: str = "member",
    internal: bool = False,
    any_queue: bool = False,
    precondition: Precondition | None = None,
    routes: Iterable[Route] = (),
    after_failure: AfterFailure | None = None,
) -> Callable[[Handler], Handler]:
    """Register a handler as the job type `name` (kebab-case, singular).

    What policy.TYPE_POLICIES fixes for the name is taken from there where it is not given here.
    Raises ValueError when the name or an alias is taken, or the queue or attribute does not exist:
    at import, so that a mistake stops start-up and not a job at night.
    """

    def register(handler: Handler) -> Handler:
        base = policy.TYPE_POLICIES.get(name) or policy.HOUSEKEEPING
        chosen = policy.effective(
            TypePolicy(
                queue=queue or base.queue,
                attempts=attempts or base.attempts,
                backoff=backoff or base.backoff,
            )
        )
        if chosen.queue not in policy.policies():
            raise ValueError(f"Job type {name!r} uses queue {chosen.queue!r}, which jobs/policy.py does not define.")
        if related and related not in payload.model_fields:
            raise ValueError(f"Job type {name!r}: related={related!r} is no field of {payload.__name__}.")
        new = JobType(
            name=name,
            queue=chosen.queue,
            payload=payload,
            handler=handler,
            attempts=chosen.attempts,
            backoff=chosen.backoff,
            priority=priority if priority is not None else base.priority,
            estimate_seconds=estimate_seconds or base.estimate_seconds,
            aliases=(*base.aliases, *aliases) if name in policy.TYPE_POLICIES else tuple(aliases),
            related=related,
            requires_tenant=requires_tenant,
            role=role,
            internal=internal,
            any_queue=any_queue,
            precondition=precondition,
            routes=tuple(routes),
            after_failure=after_failure,
        )
        for word in (name, *new.aliases):
            if word in _names:
                raise ValueError(f"Job type name {word!r} is taken by {_names[word]!r}.")
        _types[name] = new
        _names.update(dict.fromkeys((name, *new.aliases), name))
        for route in new.routes:
            _routes.setdefault(route.of, []).append((route, name))
        return handler

    return register


def get(word: str) -> JobType:
    """The type a caller means (canonical name, alias or snake_case). Raises UnknownType."""
    name = _names.get(word) or _names.get(word.strip().lower().replace("_", "-"))
    if name is None:
        raise UnknownType(word)
    return _types[name]


def routed(kind: JobType, data: Mapping[str, Any]) -> JobType:
    """The type that data sent as `kind` are for: another one where a Route of that one says so."""
    for route, name in _routes.get(kind.name, ()):
        if any(value == route.value and to_camel(field) == route.field for field, value in data.items()):
            return _types[name]
    return kind


def all_types(*, internal: bool = False) -> list[JobType]:
    return sorted((kind for kind in _types.values() if internal or not kind.internal), key=lambda kind: kind.name)


def unregister(name: str) -> None:
    """Forget a type again. For tests that register one of their own."""
    kind = _types.pop(name)
    for word in (name, *kind.aliases):
        _names.pop(word, None)
    for route in kind.routes:
        _routes[route.of].remove((route, name))
