"""Running a job's work again with edited data: a new job that remembers whose repeat it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.callers import Caller

from . import actions, registry
from .handle import JobHandle
from .models import Job
from .payloads import Envelope, Payload
from .submission import Options


def rerun(
    *, job: Job, data: Mapping[str, Any], by: Caller, priority: int | None = None, request_id: str | None = None
) -> JobHandle:
    """A new job of the same type, queue and owner with `data` for its payload; the old one stays as it is.

    Raises what actions.enqueue raises, and has written nothing then.
    """
    kind = registry.get(job.type)
    owner = {"userId": job.user_id, "tenantId": job.tenant_id}
    envelope = {name: value for name, value in owner.items() if value and name not in data}
    with transaction.atomic():
        handle = actions.enqueue(
            type=job.type,
            data={**data, **envelope},
            options=Options(
                queue=job.queue if job.queue != kind.queue else None,
                priority=job.priority if priority is None else priority,
            ),
            by=by,
            correlation_id=request_id,
        )
        Job.objects.filter(pk=handle.key).update(rerun_of=job.public_id)
        audit.record(
            caller=by,
            action="job.rerun",
            target_type="job",
            target_id=handle.id,
            tenant_id=job.tenant_id,
            details={"rerunOf": job.public_id, "queue": handle.queue, "type": handle.type},
            request_id=request_id,
        )
    return handle


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a payload, as an editor explains it."""

    name: str
    kind: str
    required: bool
    default: Any = None
    help: str = ""


def fields_of(model: type[Payload]) -> list[Field]:
    schema = model.model_json_schema(mode="serialization")
    validated = set(model.model_json_schema(mode="validation").get("required", []))
    shared = schema.get("$defs", {})
    return [
        Field(
            name=name,
            kind=_kind(item, shared),
            required=name in validated,
            default=item.get("default"),
            help=item.get("description", ""),
        )
        for name, item in schema.get("properties", {}).items()
        if name not in Envelope.NAMES
    ]


def _kind(item: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    """In words: `text of 1 to 100 characters`, `whole number from 0 to 9`, `one of a, b`."""
    if "$ref" in item:
        return _kind(shared.get(item["$ref"].rpartition("/")[2], {}), shared)
    if "anyOf" in item:
        return " or ".join(_kind(part, shared) for part in item["anyOf"] if part.get("type") != "null")
    if "enum" in item:
        return "one of " + ", ".join(map(str, item["enum"]))
    if "const" in item:
        return str(item["const"])
    kind = str(item.get("type", "any value"))
    if kind == "array":
        return "list of " + _kind(item.get("items", {}), shared)
    words = {"string": str(item.get("format", "text")), "integer": "whole number", "boolean": "true or false"}
    return words.get(kind, kind) + _bounds(item)


def _bounds(item: Mapping[str, Any]) -> str:
    least = item.get("minimum", item.get("minLength", item.get("exclusiveMinimum")))
    most = item.get("maximum", item.get("maxLength", item.get("exclusiveMaximum")))
    unit = " characters" if item.get("type") == "string" and (least is not None or most is not None) else ""
    if least is not None and most is not None:
        return f" {'of' if unit else 'from'} {least} to {most}{unit}"
    if most is not None:
        return f", at most {most}{unit}"
    return f", at least {least}{unit}" if least is not None else ""
