"""Values that nobody needs to see to operate jobs: hidden on pages, and never made searchable."""

import re
from functools import cache
from typing import Any

from django.conf import settings

#: What stands in place of a hidden value.
MASK = "••••••••"


def normal(key: str) -> str:
    """`api_key`, `api-key` and `apiKey` are one key."""
    return key.lower().replace("_", "").replace("-", "")


@cache
def _pattern(words: tuple[str, ...]) -> str:
    return "(" + "|".join(re.escape(normal(word)) for word in words) + ")$"


def secret_pattern() -> str:
    """Regular expression, for Python and Postgres alike, that finds normalised keys of secrets."""
    return _pattern(tuple(settings.MASKED_KEYS)) if settings.MASKED_KEYS else "^$a"


def is_secret(key: str) -> bool:
    """Whether the key's value is hidden: its name ends with one of MASKED_KEYS."""
    return re.search(secret_pattern(), normal(key)) is not None


def masked(value: Any) -> Any:
    """The value with everything below a secret key replaced by MASK; null and empty stay as they are."""
    if isinstance(value, dict):
        return {key: _hidden(item) if is_secret(str(key)) else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _hidden(value: Any) -> Any:
    return MASK if value not in (None, "", [], {}) else value


def has_secrets(value: Any) -> bool:
    return bool(masked(value) != value)


def restored(edited: Any, original: Any) -> Any:
    """What somebody made of a masked value, with the masks they left alone turned back."""
    if edited == MASK:
        return original
    if isinstance(edited, dict) and isinstance(original, dict):
        return {key: restored(item, original.get(key)) for key, item in edited.items()}
    if isinstance(edited, list) and isinstance(original, list):
        return [restored(item, original[place] if place < len(original) else None) for place, item in enumerate(edited)]
    return edited
