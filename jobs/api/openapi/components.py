"""Shapes and payload models as named components of the schema."""

import copy
from functools import cache
from typing import Any

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode

Schema = dict[str, Any]
PREFIX = "#/components/schemas/"


class TwoShapesOfOneName(ValueError):
    """Two different shapes have the same name; the schema can hold one. Rename either."""


def schema_of(shape: Any, registry: ComponentRegistry, *, mode: JsonSchemaMode = "serialization") -> Schema:
    """A reference to the shape's component, or its schema where it has no name of its own.

    mode: "serialization" for what the API gives, "validation" for what it takes.
    """
    found = _named(shape, mode) if isinstance(shape, type) else _generated(shape, mode)
    for name, schema in found.get("$defs", {}).items():
        register(name, schema, registry)
    shown: Schema = _plain(found["items"])
    return shown


def _generated(shape: Any, mode: JsonSchemaMode) -> Schema:
    # Asked for as the item of a list, pydantic gives even a lone shape a name and a reference.
    return TypeAdapter(list[shape]).json_schema(mode=mode, by_alias=True, ref_template=PREFIX + "{model}")


#: The error of every answer, and the job, are asked for a hundred times.
_named = cache(_generated)


def fields_of_model(model: type[BaseModel], registry: ComponentRegistry) -> Schema:
    """The schema of what a model takes, without a name: for a component that adds to it."""
    found = TypeAdapter(model).json_schema(mode="validation", by_alias=True, ref_template=PREFIX + "{model}")
    for name, schema in found.pop("$defs", {}).items():
        register(name, schema, registry)
    plain: Schema = _plain(found)
    return plain


def register(name: str, schema: Schema, registry: ComponentRegistry) -> Schema:
    """Keep a schema as the component `name`; a reference to it."""
    schema = _plain(schema)
    component = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
    )
    if component in registry:
        if registry[component].schema != schema:
            raise TwoShapesOfOneName(name)
    else:
        registry.register(component)
    return {"$ref": PREFIX + name}


def resolved(schema: Schema, registry: ComponentRegistry) -> Schema:
    """A copy of the component that a reference names; other schemas as they are."""
    name = str(schema.get("$ref", "")).removeprefix(PREFIX)
    if not name:
        return copy.deepcopy(schema)
    key = (name, ResolvedComponent.SCHEMA)
    return copy.deepcopy(registry[key].schema)


def _plain(schema: Any) -> Any:
    """Without the titles that pydantic makes from names: they say nothing that the name does not."""
    if isinstance(schema, dict):
        return {
            key: {name: _plain(item) for name, item in value.items()} if key in _BY_NAME else _plain(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    return [_plain(item) for item in schema] if isinstance(schema, list) else schema


#: Keywords whose keys are names of the API and not of JSON Schema.
_BY_NAME = frozenset({"properties", "$defs", "patternProperties"})
