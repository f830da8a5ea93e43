"""One claimed job inside this worker."""

import threading
import time

from ..ledger.claim import Claimed
from ..running import Reporter, RunningJob, StopReason


class Task:
    """A claimed job on its way through a slot: who runs it, until when, and whether it has ended."""

    def __init__(self, claimed: Claimed, reporter: Reporter) -> None:
        self.claimed = claimed
        self.job = RunningJob(claimed, reporter)
        self.deadline = time.monotonic() + claimed.timeout_ms / 1000
        #: When it was told to stop; None while it may go on.
        self.stopping_since: float | None = None
        self._lock = threading.Lock()
        self._ended = False

    @property
    def pair(self) -> tuple[int, int]:
        return self.claimed.id, self.claimed.run

    def stop(self, reason: StopReason) -> None:
        self.job.stop(reason)
        if self.stopping_since is None:
            self.stopping_since = time.monotonic()

    def end(self) -> bool:
        """Whether the caller is the one who ends this task; everybody after the first hears False."""
        with self._lock:
            first, self._ended = not self._ended, True
            return first

    @property
    def ended(self) -> bool:
        with self._lock:
            return self._ended
