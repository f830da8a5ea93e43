"""The client holds itself to the published schema: no path, parameter or field of its own."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest

from jobs.api.openapi.views import rendered, whole
from quarry_client.endpoints import ALL, Endpoint
from quarry_client.reading import key_of

Schema = dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> Schema:
    rendered.cache_clear()
    return whole()


def unnamed(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def operation(schema: Schema, endpoint: Endpoint[Any]) -> Schema:
    paths = {unnamed(path): methods for path, methods in schema["paths"].items()}
    found: Schema = paths[unnamed(endpoint.path)][endpoint.method.lower()]
    return found


def properties(schema: Schema, part: Schema) -> dict[str, Schema]:
    """The fields of an object, whichever of its forms they belong to."""
    part = resolved(schema, part)
    if part.get("type") == "array":
        return properties(schema, part["items"])
    found = dict(part.get("properties", {}))
    for word in ("allOf", "oneOf", "anyOf"):
        for form in part.get(word, []):
            found |= properties(schema, form)
    return found


def resolved(schema: Schema, part: Schema) -> Schema:
    while "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


@dataclasses.dataclass(frozen=True)
class Field:
    """A field that the client reads. told: whether the schema of this answer has it."""

    name: str
    told: bool
    required: bool


def fields_of(kind: Any, schema: Schema, parts: dict[str, Schema]) -> Iterator[Field]:
    """Those of the class and of the classes within it."""
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        key = key_of(field.name)
        if field.name == "raw":
            continue
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        yield Field(f"{kind.__name__}.{key}", key in parts, required)
        for inner in _dataclasses_in(hints[field.name]) if key in parts else ():
            within = properties(schema, parts[key]) or properties(schema, _values(schema, parts[key]))
            yield from fields_of(inner, schema, within) if within else ()


def _values(schema: Schema, part: Schema) -> Schema:
    values = resolved(schema, part).get("additionalProperties", {})
    return values if isinstance(values, dict) else {}


def _dataclasses_in(hint: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner)


def read_fields(schema: Schema, endpoint: Endpoint[Any]) -> list[Field]:
    answers = [
        content["schema"]
        for status, answer in operation(schema, endpoint)["responses"].items()
        if status.startswith("2")
        for kind, content in answer.get("content", {}).items()
        if "json" in kind
    ]
    parts = {name: part for answer in answers for name, part in properties(schema, answer).items()}
    return [] if endpoint.answer is bytes else list(fields_of(endpoint.answer, schema, parts))


@pytest.mark.parametrize("endpoint", ALL, ids=lambda one: f"{one.method} {one.path}")
def test_what_the_client_sends_and_needs_is_in_the_schema(schema: Schema, endpoint: Endpoint[Any]) -> None:
    found = operation(schema, endpoint)
    query = {part["name"] for part in found.get("parameters", []) if part["in"] == "query"}
    contents = found.get("requestBody", {}).get("content", {}).values()
    body = {name for content in contents for name in properties(schema, content["schema"])}

    assert endpoint.query <= query
    assert endpoint.body <= body
    assert [field.name for field in read_fields(schema, endpoint) if field.required and not field.told] == []


def test_every_field_that_the_client_reads_is_told_of_by_some_answer(schema: Schema) -> None:
    fields = [field for endpoint in ALL for field in read_fields(schema, endpoint)]
    told = {field.name for field in fields if field.told}

    assert sorted({field.name for field in fields} - told) == []
    assert {"Job.attemptHistory", "Workflow.duplicate", "RejectedRow.row", "QueueCounts.rateLimited"} <= told


def test_a_field_that_the_server_does_not_tell_of_is_found(schema: Schema) -> None:
    @dataclasses.dataclass
    class Invented:
        id: str
        shoe_size: int

    assert [field.told for field in fields_of(Invented, schema, {"id": {}})] == [True, False]
