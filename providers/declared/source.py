"""What is declared of a source, and what the environment says of it."""

from dataclasses import dataclass, field
from enum import StrEnum


class KeyUse(StrEnum):
    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most `count` calls start in any rolling window of `seconds`, over all workers of all hosts."""

    count: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.count}/{self.seconds:g}"


@dataclass(frozen=True, kw_only=True)
class Source:
    """One outside source.

    name: lower case with hyphens; its environment variables are `<NAME>_BASE_URL` and so on.
    gives: what it is asked for, as the end of a sentence.
    key_in: where the key travels: `header:NAME`, `query:NAME`, `basic` (as the user name), or `body:NAME`, where
        the source's own module puts it.
    at_once: calls that may be under way at the same time over all hosts; None for any number.
    contact: environment variable whose value the source demands in the User-Agent.
    shares: the source whose limit and circuit this one counts towards.
    any_host: addresses come from users, so only public ones are called.
    kept: whether its terms let answers be kept for a while.
    """

    name: str
    label: str
    gives: str
    base_url: str
    documentation: str
    licence: str
    key: KeyUse = KeyUse.NONE
    key_in: str = ""
    limit: Limit | None = None
    at_once: int | None = None
    contact: str = ""
    shares: str = ""
    any_host: bool = False
    kept: bool = True

    @property
    def prefix(self) -> str:
        return self.name.upper().replace("-", "_")

    @property
    def budget(self) -> str:
        """Name under which limit and circuit are kept."""
        return self.shares or self.name


@dataclass(frozen=True, kw_only=True)
class SourceSettings:
    """What the environment says of one source."""

    base_url: str
    #: Never shown: settings are printed in many places.
    key: str = field(default="", repr=False)
    limit: Limit | None = None
    contact: str = ""


#: The licence of most sources of the United States' government.
US_GOVERNMENT_WORK = "US government work, presumed public domain; name the agency."
