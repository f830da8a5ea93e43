"""Typed payloads: what a job's data may hold, checked before anything is stored."""

import re
from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import (
    AliasChoices,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

#: An opaque identifier of 1 to 100 characters: a UUID as well as `comp_123`.
EntityId = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S")]


def _iso_date(value: Any) -> Any:
    if isinstance(value, str):
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            raise ValueError("must be an ISO date such as 2026-01-31")
        return date.fromisoformat(value)
    return value


IsoDate = Annotated[date, BeforeValidator(_iso_date)]


class Payload(BaseModel):
    """Base of all payloads: frozen, strictly typed, camelCase or snake_case in, nothing unknown."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=AliasGenerator(
            validation_alias=lambda name: AliasChoices(to_camel(name), name), serialization_alias=to_camel
        ),
        populate_by_name=True,
        allow_inf_nan=False,
    )


class InvalidPayload(ValueError):
    """The data does not fit the type's payload. `fields` maps each offending field to its problem."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = fields


class Envelope:
    """Fields allowed in the data of every type; they describe the job and not its work."""

    NAMES: ClassVar[dict[str, str]] = {
        "priority": "priority",
        "userId": "user_id",
        "tenantId": "tenant_id",
        "correlationId": "correlation_id",
    }


#: Fields that the job layer adds to stored data: how the batch ended whose callback the job is.
ADDED = frozenset({"batch"})


def parse(model: type[Payload], data: dict[str, Any]) -> Payload:
    """A payload from caller's data. Raises InvalidPayload naming fields in the caller's spelling."""
    conflicts = double_spellings(data)
    if conflicts:
        raise InvalidPayload(conflicts)
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidPayload(_fields(model, error, data)) from None


def own(model: type[Payload], data: dict[str, Any]) -> dict[str, Any]:
    """Stored data without what the job layer has added for those payloads that ask for it."""
    if ADDED.isdisjoint(data):
        return data
    return {key: value for key, value in data.items() if key not in ADDED or key in model.model_fields}


def stored(payload: Payload) -> dict[str, Any]:
    """The payload as it is kept: camelCase, JSON types, defaults filled in, absent values left out."""
    return payload.model_dump(mode="json", by_alias=True, exclude_none=True)


def double_spellings(data: dict[str, Any]) -> dict[str, str]:
    """Keys given in both spellings with different values."""
    found = {}
    for key in data:
        camel = to_camel(key)
        if camel != key and camel in data and data[camel] != data[key]:
            found[key] = f"is given as {camel} as well, with another value; give one of them"
    return found


def _fields(model: type[Payload], error: ValidationError, data: dict[str, Any]) -> dict[str, str]:
    snake = any("_" in key for key in data)
    fields: dict[str, str] = {}
    for problem in error.errors(include_url=False, include_input=False):
        path = [str(part) for part in problem["loc"]] or ["data"]
        head = path[0]
        if problem["type"] == "missing" and len(path) == 1:
            # pydantic names the first alias; a caller who writes snake_case gets that back.
            attribute = next((name for name in model.model_fields if to_camel(name) == to_camel(head)), head)
            path[0] = attribute if snake else to_camel(attribute)
        elif head not in data:
            path[0] = next((key for key in data if to_camel(key) == to_camel(head)), head)
        fields.setdefault(".".join(path), _sentence(problem["type"], problem["msg"]))
    return fields


def _sentence(kind: str, message: str) -> str:
    if kind == "missing":
        return "is required"
    if kind == "extra_forbidden":
        return "is not a field of this type; remove it"
    return message.removeprefix("Value error, ")


__all__ = ["EntityId", "Envelope", "Field", "InvalidPayload", "IsoDate", "Payload", "parse", "stored"]
