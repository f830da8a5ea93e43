"""From JSON to frozen dataclasses: what a class names is checked, all else is ignored.

A newer server may send fields and words that this client does not know. Fields are dropped, words of an
enumeration stay texts.
"""

import dataclasses
import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from .errors import UnexpectedAnswer

T = TypeVar("T")
_PLAIN = (str, int, float, bool)


def read(kind: type[T], body: Any) -> T:
    """An object of the API as `kind`, whose fields are the API's keys in snake_case.

    Raises UnexpectedAnswer where a key is missing that the class needs, or is of another type.
    """
    return _read(kind, body, kind.__name__)


def key_of(field_name: str) -> str:
    """`run_at` -> `runAt`."""
    return re.sub(r"_(\w)", lambda found: found[1].upper(), field_name)


@dataclasses.dataclass(frozen=True)
class _Slot:
    """A field of a dataclass: the API's key, the type, and whether the key may be missing."""

    name: str
    key: str
    hint: Any
    optional: bool


@cache
def _slots(kind: type) -> tuple[_Slot, ...]:
    hints = get_type_hints(kind)
    return tuple(
        _Slot(one.name, key_of(one.name), hints[one.name], _has_default(one))
        for one in dataclasses.fields(kind)
        if one.name != "raw"
    )


def _has_default(field: "dataclasses.Field[Any]") -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _read(kind: type[T], body: Any, where: str) -> T:
    if not isinstance(body, Mapping):
        raise UnexpectedAnswer(f"The server's answer does not fit: {where} is {_named(body)}, not an object.")
    values: dict[str, Any] = {}
    for slot in _slots(cast(Any, kind)):
        if slot.key in body:
            values[slot.name] = _value(slot.hint, body[slot.key], f"{where}.{slot.key}")
        elif not slot.optional:
            raise UnexpectedAnswer(f"The server's answer does not fit: {where}.{slot.key} is missing.")
    if any(field.name == "raw" for field in dataclasses.fields(kind)):  # type: ignore[arg-type]
        values["raw"] = body
    return kind(**values)


def _value(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _one_of(arguments, value, where)
    if origin is tuple and isinstance(value, list):
        return tuple(_value(arguments[0], item, f"{where}.{at}") for at, item in enumerate(value))
    if origin is Mapping and isinstance(value, Mapping):
        return {str(key): _value(arguments[1], item, f"{where}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return _read(hint, value, where)  # type: ignore[arg-type]
    return _plain(hint, value, where)


def _one_of(hints: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and types.NoneType in hints:
        return None
    for hint in hints:
        if isinstance(hint, type) and issubclass(hint, StrEnum) and isinstance(value, str):
            return hint(value) if value in set(hint) else value
    return _value(next(hint for hint in hints if hint is not types.NoneType), value, where)


def _plain(hint: Any, value: Any, where: str) -> Any:
    try:
        if hint is Decimal and isinstance(value, str | int | float):
            return Decimal(str(value))
        if hint in (datetime, date) and isinstance(value, str):
            return hint.fromisoformat(value)
    except (ValueError, InvalidOperation):
        raise _misfit(hint, value, where) from None
    if hint is float and type(value) is int:
        return float(value)
    if hint in _PLAIN and type(value) is hint:
        return value
    raise _misfit(hint, value, where)


def _misfit(hint: Any, value: Any, where: str) -> UnexpectedAnswer:
    wanted = getattr(hint, "__name__", str(hint))
    return UnexpectedAnswer(f"The server's answer does not fit: {where} is {_named(value)}, not {wanted}.")


def _named(value: Any) -> str:
    return "null" if value is None else f"of type {type(value).__name__}"
