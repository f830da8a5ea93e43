"""Bodies that create jobs, made from the registry: one schema for each type, told apart by `type`."""

from typing import Any

from drf_spectacular.plumbing import ComponentRegistry
from pydantic.alias_generators import to_camel

from jobs.payloads import Envelope
from jobs.registry import JobType, all_types, get
from jobs.shapes.requests import JobOptions, Priority
from jobs.workflows.spec import MOST_JOBS, NAME
from jobs.workflows.words import ON_FAILURE

from .components import PREFIX, Schema, fields_of_model, register, resolved, schema_of

MOST_ITEMS = 1000


def one_job(view: Any, registry: ComponentRegistry) -> Schema:
    """Of POST /api/jobs: `{type, data, options}`, by type."""
    return _by_type("Job", registry, lambda kind: {"data": all_data_of(kind, registry), "options": options(registry)})


def many_jobs(view: Any, registry: ComponentRegistry) -> Schema:
    """Of POST /api/jobs/batch: as above with a list of data, and perhaps a job that follows them all."""
    more = {
        "options": options(registry),
        "onComplete": one_job(view, registry),
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
    }

    def fields(kind: JobType) -> Schema:
        data = all_data_of(kind, registry)
        return {"items": {"type": "array", "items": data, "minItems": 1, "maxItems": MOST_ITEMS}, **more}

    return _by_type("Batch", registry, fields)


def data_with_options(view: Any, registry: ComponentRegistry) -> Schema:
    """Of a shortcut: the data of the view's type, or of one that a route leads to, with `options` beside them."""
    found = [flattened(kind, registry) for kind in _reached(get(view.type_name))]
    return found[0] if len(found) == 1 else {"oneOf": found}


def flattened(kind: JobType, registry: ComponentRegistry) -> Schema:
    schema = resolved(data_of(kind, registry), registry)
    schema["properties"]["options"] = options(registry)
    return register(f"{_pascal(kind.name)}Request", schema, registry)


def workflow(view: Any, registry: ComponentRegistry) -> Schema:
    """Of POST /api/workflows: `jobs` by name, or nested `sequence` and `parallel`; one of the three."""
    names: Schema = {"type": "string", "pattern": "^" + NAME.pattern.replace(r"\Z", "$")}
    fields: Schema = {
        "type": {"type": "string", "enum": _words()},
        "data": {"type": "object", "description": "As POST /api/jobs takes them for the type."},
        "options": options(registry),
        "onDependencyFailure": {"type": "string", "enum": list(ON_FAILURE)},
    }
    step = _object({**fields, "dependsOn": {"type": "array", "items": {"type": "string"}}}, required=["type"])
    leaf = register("WorkflowStep", _object({"name": names, **fields}, required=["type"]), registry)
    group_ref = {"$ref": PREFIX + "WorkflowGroup"}
    items = {"type": "array", "minItems": 1, "items": {"anyOf": [leaf, group_ref]}}
    groups = [_object({form: items}, required=[form]) for form in ("sequence", "parallel")]
    register("WorkflowGroup", {"oneOf": groups}, registry)
    identity = {"id": {"type": "string", "pattern": r"^[A-Za-z0-9_.:\-]{1,200}$"}, "name": {"type": "string"}}
    table = {
        "type": "object",
        "additionalProperties": register("WorkflowJobInput", step, registry),
        "propertyNames": names,
        "minProperties": 1,
        "maxProperties": MOST_JOBS,
    }
    forms = {"jobs": table, "sequence": items, "parallel": items}
    whole = {"oneOf": [_object({**identity, form: schema}, required=[form]) for form, schema in forms.items()]}
    return register("NewWorkflow", whole, registry)


# --- Parts ------------------------------------------------------------------------------------------
def data_of(kind: JobType, registry: ComponentRegistry) -> Schema:
    """The type's payload with the fields that every type's data may hold."""
    schema = fields_of_model(kind.payload, registry)
    own = schema.get("properties", {})
    schema["properties"] = own | {name: shape for name, shape in envelope(registry).items() if name not in own}
    # The caller's own stand in where these are left out.
    required = [name for name in schema.pop("required", []) if name not in Envelope.NAMES]
    if required:
        schema["required"] = required
    return register(f"{_pascal(kind.name)}Data", schema, registry)


def all_data_of(kind: JobType, registry: ComponentRegistry) -> Schema:
    """The data of the type, and of the types that routes lead to from it."""
    found = [data_of(one, registry) for one in _reached(kind)]
    return found[0] if len(found) == 1 else {"oneOf": found}


def _reached(kind: JobType) -> list[JobType]:
    return [kind, *(one for one in all_types() if any(route.of == kind.name for route in one.routes))]


def envelope(registry: ComponentRegistry) -> Schema:
    text: Schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"\S"}
    priority = schema_of(Priority, registry, mode="validation")
    return {name: priority if name == "priority" else text for name in Envelope.NAMES}


def options(registry: ComponentRegistry) -> Schema:
    return schema_of(JobOptions, registry, mode="validation")


def _by_type(noun: str, registry: ComponentRegistry, fields: Any) -> Schema:
    """A oneOf over all types that callers may create, with `type` as its discriminator."""
    mapping: dict[str, str] = {}
    for kind in all_types():
        found = fields(kind)
        required = ["type", *[name for name in ("data", "items") if _needed(found.get(name), registry)]]
        one = _object({"type": {"type": "string", "enum": [kind.name, *kind.aliases]}, **found}, required=required)
        one["description"] = f"Runs on the queue `{kind.queue}`; needs at least the role {kind.role}."
        ref = str(register(f"New{_pascal(kind.name)}{noun}", one, registry)["$ref"])
        mapping |= dict.fromkeys((kind.name, *kind.aliases), ref)
    refs = [{"$ref": ref} for ref in dict.fromkeys(mapping.values())]
    return register(
        f"New{noun}", {"oneOf": refs, "discriminator": {"propertyName": "type", "mapping": mapping}}, registry
    )


def _needed(schema: Schema | None, registry: ComponentRegistry) -> bool:
    if schema is None:
        return False
    return schema.get("type") == "array" or "oneOf" in schema or "required" in resolved(schema, registry)


def _object(properties: Schema, *, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _words() -> list[str]:
    return [word for kind in all_types() for word in (kind.name, *kind.aliases)]


def _pascal(name: str) -> str:
    return to_camel(name.replace("-", "_"))[0].upper() + to_camel(name.replace("-", "_"))[1:]
