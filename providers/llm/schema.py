"""JSON schemas in the strict form that both wire protocols take."""

from functools import cache
from typing import Any

from pydantic import BaseModel


@cache
def _checked(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        _check_object(model, part)
    return schema


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model that forbids extra fields and gives none a default.

    Raises ValueError for another one: strict mode wants each field required and nothing beside them,
    and a server that ignores that would answer what the model then refuses.
    """
    return _checked(model)


def _check_object(model: type[BaseModel], part: dict[str, Any]) -> None:
    if part.get("type") != "object":
        return
    name = part.get("title", model.__name__)
    if part.get("additionalProperties") is not False:
        raise ValueError(f"{name} must forbid extra fields: model_config = ConfigDict(extra='forbid').")
    optional = set(part.get("properties", {})) - set(part.get("required", ()))
    if optional:
        raise ValueError(f"{name} gives defaults to {', '.join(sorted(optional))}; allow None instead.")
