"""How long a model may take: to connect, between two pieces of its answer, and in all."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Transient

if TYPE_CHECKING:
    from httpx2 import Timeout


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds. A model that thinks says nothing for a while, hence the long wait between pieces."""

    connect: float = 10
    between: float = 180
    total: float = 840

    @property
    def longest(self) -> float:
        """Seconds after which a question has ended one way or another: the last wait may begin as the time ends."""
        return self.connect + self.total + self.between

    def for_library(self) -> "Timeout":
        import httpx2

        return httpx2.Timeout(self.between, connect=self.connect)

    def start(self, host: str) -> "Clock":
        return Clock(host, time.monotonic() + self.total, self.total)


@dataclass(frozen=True)
class Clock:
    host: str
    ends_at: float
    total: float

    def check(self) -> None:
        """Raises Transient once the time is over."""
        if time.monotonic() > self.ends_at:
            raise Transient(f"{self.host} did not finish its answer within {self.total:g} s.", provider=self.host)
