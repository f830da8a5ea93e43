"""What all answers share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Resource:
    """raw: the JSON object as the server sent it, with the keys that this client does not know."""

    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
