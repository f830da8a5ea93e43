"""Values out of JSON that may lack them, spell numbers as text, or hold something else altogether.

Each function gives the value in our type, or nothing; none raises.
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

#: Texts that sources write for nothing at all.
_NOTHINGS = frozenset({"", "null", "none", "n/a", "nan"})
#: Control characters and halves of surrogate pairs: the database takes no NUL and no such half.
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what is none is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any, most: int = 500) -> str:
    """One line that can be stored, cut after `most` characters; a whole number as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    line = " ".join(_UNWRITABLE.sub(" ", value).split())
    return "" if line.lower() in _NOTHINGS else line[:most]


def texts(value: Any, most: int = 500) -> tuple[str, ...]:
    """The texts of a list, each once, in its order."""
    found = [text(item, most) for item in value] if isinstance(value, list) else []
    return tuple(dict.fromkeys(item for item in found if item))


def number(value: Any) -> Decimal | None:
    """A finite number, or a text that spells one."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def whole(value: Any) -> int | None:
    """A whole number, or a text that spells one."""
    found = number(value)
    # A text may spell 1e999999, whose digits nobody wants.
    return int(found) if found is not None and found.adjusted() < 18 and found == found.to_integral_value() else None


def flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def day(value: Any) -> date | None:
    """The day that an ISO 8601 text begins with."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def instant(value: Any) -> datetime | None:
    """An ISO 8601 time in UTC; without a zone it is taken for UTC."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if found is None else found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
