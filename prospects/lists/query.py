"""What a list was asked for, as it stands in its address."""

from dataclasses import dataclass, fields
from urllib.parse import urlencode


@dataclass(frozen=True, kw_only=True)
class AddressedQuery:
    """The base of queries whose fields are the words of an address."""

    @property
    def is_empty(self) -> bool:
        return self == type(self)()

    def address(self, **changes: str) -> str:
        """The query as the part of an address, such as `state=TX&least=60`; empty values leave out."""
        values = {one.name: _word(getattr(self, one.name)) for one in fields(self)} | changes
        return urlencode({name: value for name, value in values.items() if value})


def _word(value: object) -> str:
    return "" if value is None else str(value)
