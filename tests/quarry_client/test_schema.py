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


def fields_of(kind: Any, schema: Schema, parts: dict[str, Schema], where: str) -> Iterator[str]:
    """Fields that the client reads and the schema does not tell of, those of objects within objects too."""
    hints = get_type_hints(kind)
    for field in dataclasses.fields(kind):
        key = key_of(field.name)
        if field.name == "raw":
            continue
        if key not in parts:
            yield f"{where}.{key}"
            continue
        for inner in _dataclasses_in(hints[field.name]):
            within = properties(schema, parts[key]) or properties(schema, _values(schema, parts[key]))
            if within:
                yield from fields_of(inner, schema, within, f"{where}.{key}")


def _values(schema: Schema, part: Schema) -> Schema:
    values = resolved(schema, part).get("additionalProperties", {})
    return values if isinstance(values, dict) else {}


def _dataclasses_in(hint: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses_in(inner)


@pytest.mark.parametrize("endpoint", ALL, ids=lambda one: f"{one.method} {one.path}")
def test_what_the_client_sends_and_reads_is_in_the_schema(schema: Schema, endpoint: Endpoint[Any]) -> None:
    found = operation(schema, endpoint)
    query = {part["name"] for part in found.get("parameters", []) if part["in"] == "query"}
    contents = found.get("requestBody", {}).get("content", {}).values()
    body = {name for content in contents for name in properties(schema, content["schema"])}
    answers = [
        content["schema"]
        for status, answer in found["responses"].items()
        if status.startswith("2")
        for kind, content in answer.get("content", {}).items()
        if "json" in kind
    ]

    assert endpoint.query <= query
    assert endpoint.body <= body
    if endpoint.answer is not bytes:
        parts = {name: part for answer in answers for name, part in properties(schema, answer).items()}
        assert sorted(fields_of(endpoint.answer, schema, parts, endpoint.answer.__name__)) == []


def test_a_field_that_the_server_does_not_tell_of_is_found(schema: Schema) -> None:
    @dataclasses.dataclass
    class Invented:
        id: str
        shoe_size: int

    assert list(fields_of(Invented, schema, {"id": {}}, "Invented")) == ["Invented.shoeSize"]
