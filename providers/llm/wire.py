"""What backends over a wire have in common: whom they ask, for how long, and one client for each process."""

import os
from abc import ABC, abstractmethod
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from .timeouts import Timeouts

Client = TypeVar("Client")


class WireBackend(ABC, Generic[Client]):
    is_rule_based = False

    def __init__(self, *, base_url: str, key: str, model: str, timeouts: Timeouts | None = None) -> None:
        self._base_url = base_url
        self._key = key
        self._model = model
        self._timeouts = timeouts or Timeouts()
        self._host = urlsplit(base_url).hostname or ""
        self._made: tuple[int, Client] | None = None

    @abstractmethod
    def _connect(self) -> Client:
        """A new client of the library, without retries: the queue owns them."""

    def _client(self) -> Client:
        """One for each process: connections do not survive a fork."""
        if self._made is None or self._made[0] != os.getpid():
            self._made = os.getpid(), self._connect()
        return self._made[1]
