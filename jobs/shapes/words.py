"""Kinds of value that shapes are made of; all are texts or numbers of JSON."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import WithJsonSchema

#: ISO 8601 in UTC with `Z`.
Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
#: A decimal number as a text: no digit of a price is lost on the way.
Number = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?([eE][+-]?\d+)?$"})]
Percent = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 100})]
Count = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0})]
#: Whatever JSON holds.
Json = Annotated[Any, WithJsonSchema({})]
Cursor = Annotated[str | None, WithJsonSchema({"type": ["string", "null"], "description": "Null at the end."})]


def one_of(words: Iterable[str]) -> Any:
    """Annotated[str, one_of(…)]: one of these words."""
    return WithJsonSchema({"type": "string", "enum": [str(word) for word in words]})
