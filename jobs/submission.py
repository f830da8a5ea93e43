"""From what a caller sends to a job that may be stored: every check before the first write."""

import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_snake

from accounts.callers import Caller
from accounts.plans import default_priority
from accounts.roles import Role

from . import payloads, policy, registry
from .ledger.insert import NewJob
from .ledger.jsontext import json_text
from .payloads import Envelope, InvalidPayload
from .webhooks.transport import checked_url
from .workflows.edges import edges_of
from .workflows.words import ON_FAILURE

LONGEST_DELAY_MS = 2_592_000_000
MOST_DEPENDENCIES = 1000
PRIORITY_NAMES = {"low": -100, "normal": 0, "high": 100, "urgent": 1000}
JOB_ID = re.compile(r"[A-Za-z0-9_.:\-]{1,200}\Z")
#: Words of the URL space, which a job's id would hide.
RESERVED_IDS = frozenset({"metrics", "queues", "ingestion", "enrichment", "health-scores", "batch", "search", "events"})
OPTION_NAMES = (
    "jobId",
    "priority",
    "delay",
    "attempts",
    "timeout",
    "queue",
    "dependsOn",
    "onDependencyFailure",
    "webhookUrl",
)


class Refused(Exception):
    """The caller may not do this. `code` and the message are for the caller."""

    code = "forbidden"


class Unmet(Exception):
    """What the job builds on is not there yet. Raised by a type's precondition; waiting may help."""

    code = "precondition_failed"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to run a job, as the caller wants it; None is the policy's own. Times in milliseconds."""

    job_id: str | None = None
    #: The id is the product's own making and carries no promise to find an earlier job: where it is taken, in
    #: whichever organisation, `<id>-2`, `<id>-3` … is used. Callers cannot ask for it.
    numbered: bool = False
    priority: int | None = None
    delay: int | None = None
    attempts: int | None = None
    timeout: int | None = None
    queue: str | None = None
    #: Public ids of jobs that must complete first. `delay` then counts from the last one's end.
    depends_on: tuple[str, ...] = ()
    #: What becomes of the job where one of them does not complete: `fail` or `continue`.
    on_dependency_failure: str | None = None
    #: Told of the job's end; checked by parse_options, and again at each delivery.
    webhook_url: str | None = None


def parse_priority(value: Any) -> int:
    """A name or a whole number from 0 to 1000. Raises ValueError with the sentence for the caller."""
    if isinstance(value, str) and value in PRIORITY_NAMES:
        return PRIORITY_NAMES[value]
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1000:
        return value
    raise ValueError(f"must be a whole number from 0 to 1000 or one of {', '.join(PRIORITY_NAMES)}")


def parse_options(given: Any) -> Options:
    """Options from a caller's JSON, in either spelling. Raises InvalidPayload naming `options.<field>`."""
    if given is None:
        return Options()
    if not isinstance(given, Mapping):
        raise InvalidPayload({"options": "must be an object"})
    problems = {f"options.{key}": text for key, text in payloads.double_spellings(dict(given)).items()}
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = to_snake(key)
        if key not in OPTION_NAMES and name not in map(to_snake, OPTION_NAMES):
            problems[f"options.{key}"] = f"is not an option; the options are {', '.join(OPTION_NAMES)}"
        elif value is not None:
            try:
                values[name] = _OPTION_PARSERS[name](value)
            except ValueError as error:
                problems[f"options.{key}"] = str(error)
    if problems:
        raise InvalidPayload(problems)
    return Options(**values)


def _whole(least: int, most: int, unit: str = "") -> Any:
    def parse(value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        raise ValueError(f"must be a whole number from {least} to {most}{unit}")

    return parse


def _job_id(value: Any) -> str:
    if not isinstance(value, str) or not JOB_ID.match(value):
        raise ValueError("must be 1 to 200 letters, digits or any of _ - . :")
    if value.lower() in RESERVED_IDS or value in {".", ".."}:
        raise ValueError(f"{value!r} is a reserved word; choose another id")
    return value


def _queue(value: Any) -> str:
    name = policy.canonical_queue(value) if isinstance(value, str) else None
    if name is None:
        raise ValueError(f"must be one of {', '.join(policy.policies())}")
    return name


def _depends_on(value: Any) -> tuple[str, ...]:
    listed: list[Any] = list(value) if isinstance(value, list | tuple) else [None]
    if len(listed) > MOST_DEPENDENCIES or not all(isinstance(word, str) and JOB_ID.match(word) for word in listed):
        raise ValueError(f"must be a list of at most {MOST_DEPENDENCIES} job ids")
    return tuple(dict.fromkeys(listed))


def _on_failure(value: Any) -> str:
    if value not in ON_FAILURE:
        raise ValueError(f"must be one of {', '.join(ON_FAILURE)}")
    return str(value)


_OPTION_PARSERS = {
    "job_id": _job_id,
    "priority": parse_priority,
    "delay": _whole(0, LONGEST_DELAY_MS, " milliseconds"),
    "attempts": _whole(1, policy.MAX_ATTEMPTS),
    "timeout": _whole(100, 86_400_000, " milliseconds"),
    "queue": _queue,
    "depends_on": _depends_on,
    "on_dependency_failure": _on_failure,
    "webhook_url": checked_url,
}


def prepare(
    type_name: str,
    data: Mapping[str, Any],
    options: Options,
    *,
    caller: Caller,
    correlation_id: str | None = None,
    prefix: str = "",
) -> NewJob:
    """Check one submission. Raises registry.UnknownType, InvalidPayload or Refused; writes nothing.

    prefix: put before field names in errors, such as `items.3.`.
    """
    kind = registry.routed(registry.get(type_name), data)
    try:
        return _prepare(kind, dict(data), options, caller, correlation_id)
    except InvalidPayload as error:
        if not prefix:
            raise
        raise InvalidPayload(
            {name if name.startswith("options") else prefix + name: text for name, text in error.fields.items()}
        ) from None


def _prepare(
    kind: registry.JobType, data: dict[str, Any], options: Options, caller: Caller, correlation_id: str | None
) -> NewJob:
    if caller.role < Role(kind.role):
        raise Refused(f"Creating {kind.name} jobs needs the role {kind.role} or above.")
    envelope, own = _split(kind, data)
    priority, problems = _envelope_values(envelope, data)
    user_id = envelope.get("user_id") or caller.user_id
    tenant_id = envelope.get("tenant_id") or caller.tenant_id
    for name, value in (("user_id", user_id), ("tenant_id", tenant_id)):
        # A type whose payload has the field gets the caller's own where it is left out.
        if name in kind.payload.model_fields and not {name, _camel(name)} & own.keys() and value:
            own[_camel(name)] = value
    payload, stored = _checked_payload(kind, own, options, problems, has_tenant=tenant_id is not None)
    if not caller.may_name_user(user_id):
        raise Refused("Only admins and service tokens may create jobs for another user; leave userId out.")
    if tenant_id is not None and not caller.may_use_tenant(tenant_id):
        raise Refused("You do not belong to that tenant; leave tenantId out or name one of yours.")
    if kind.precondition:
        kind.precondition(payload)
    queue = policy.policy_of(options.queue or kind.queue)
    return NewJob(
        public_id=options.job_id or new_job_id(),
        type=kind.name,
        queue=queue.name,
        data=stored,
        priority=_first(options.priority, priority, kind.priority, default_priority(caller.plan)),
        max_attempts=options.attempts
        or (kind.attempts if queue.name == kind.queue else policy.queue_default(queue.name).attempts),
        timeout_ms=options.timeout or queue.timeout_ms,
        delay_ms=options.delay or None,
        related_id=kind.related_id(payload),
        user_id=user_id,
        tenant_id=tenant_id,
        correlation_id=envelope.get("correlation_id") or correlation_id,
        depends_on=edges_of(options.depends_on, options.on_dependency_failure, own_id=options.job_id, caller=caller),
        webhook_url=options.webhook_url,
        followed=kind.after_failure is not None,
    )


def _envelope_values(envelope: dict[str, Any], data: dict[str, Any]) -> tuple[int | None, dict[str, str]]:
    """The priority that the envelope asks for, and what is wrong with the envelope."""
    problems = dict(payloads.double_spellings(data))
    priority = None
    if envelope.get("priority") is not None:
        try:
            priority = parse_priority(envelope["priority"])
        except ValueError as error:
            problems["priority"] = str(error)
    for name in ("user_id", "tenant_id", "correlation_id"):
        value = envelope.get(name)
        if value is not None and not (isinstance(value, str) and 0 < len(value) <= 100 and value.strip()):
            problems[next(k for k in data if to_snake(k) == name)] = "must be a text of 1 to 100 characters"
    return priority, problems


def _checked_payload(
    kind: registry.JobType, own: dict[str, Any], options: Options, problems: dict[str, str], *, has_tenant: bool
) -> tuple[payloads.Payload, dict[str, Any]]:
    """The payload and what is stored of it. Raises InvalidPayload with these and the given problems."""
    try:
        payload = payloads.parse(kind.payload, own)
    except InvalidPayload as error:
        raise InvalidPayload(problems | error.fields) from None
    if kind.requires_tenant and not has_tenant:
        problems["tenantId"] = "is required: you belong to no organisation"
    if options.webhook_url and not has_tenant:
        problems["options.webhookUrl"] = "needs an organisation, whose secret signs the delivery: name a tenantId"
    if options.queue and options.queue != kind.queue and not kind.any_queue:
        problems["options.queue"] = f"{kind.name} runs on the queue {kind.queue}; leave this option out"
    if problems:
        raise InvalidPayload(problems)
    stored = payloads.stored(payload)
    try:
        json_text(stored)
    except ValueError:
        raise InvalidPayload(
            {"data": "holds a character that cannot be stored (NUL or half a surrogate pair)"}
        ) from None
    return payload, stored


def _split(kind: registry.JobType, data: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Envelope values by snake_case name, and the data that is the payload's own."""
    envelope: dict[str, Any] = {}
    own = {}
    for key, value in data.items():
        name = to_snake(key)
        if name in Envelope.NAMES.values():
            envelope[name] = value
            if name not in kind.payload.model_fields:
                continue
        own[key] = value
    return envelope, own


def _camel(name: str) -> str:
    return next(camel for camel, snake in Envelope.NAMES.items() if snake == name)


def _first(*values: int | None) -> int:
    return next((value for value in values if value is not None), 0)


def new_job_id() -> str:
    return f"job_{secrets.token_hex(12)}"


def ids_to_try(first: str, options: Options) -> Iterator[str]:
    """Ids to try in this order; only one that a caller has chosen may turn out to be another job's."""
    yield first
    if options.job_id is None:
        # A random id that is taken: draw again. 96 bits make this a matter of form.
        yield new_job_id()
    elif options.numbered:
        yield from (f"{first}-{number}" for number in range(2, 10))
        yield f"{first}-{secrets.token_hex(12)}"
