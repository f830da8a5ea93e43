"""What operators change of a worker while it runs: its slots, and whether it takes jobs at all."""

import logging
import threading
from collections.abc import Sequence

from ..overrides import live
from ..policy import policy_of
from .intake import Intake
from .orders import Order
from .slots import Slots

logger = logging.getLogger("quarry.worker")


class Steering:
    """Carries the orders of operators to the parts of one worker. stopping: set to stop it."""

    def __init__(
        self, worker: str, queues: Sequence[str], *, slots: Slots, intake: Intake, stopping: threading.Event
    ) -> None:
        self._worker = worker
        self._queues = queues
        self._slots = slots
        self._intake = intake
        self._stopping = stopping

    def adapt(self) -> None:
        """Take on the limits that operators set: more slots at once, fewer as running jobs finish."""
        live.refresh()
        if self._slots.resize({queue: policy_of(queue).concurrency for queue in self._queues}):
            logger.info("Worker %s now has %s", self._worker, self._slots)
            self._intake.wake()

    def obey(self, wanted: str) -> bool:
        """Follow the order in this worker's row; returns whether it takes no more jobs."""
        quiet = self._intake.quiet
        if wanted == Order.QUIET and not quiet.is_set():
            self._follow("take no more jobs")
            quiet.set()
        elif wanted == Order.RUN and quiet.is_set():
            self._follow("take jobs again")
            quiet.clear()
        elif wanted == Order.STOP and not self._stopping.is_set():
            self._follow("stop")
            self._stopping.set()
        return quiet.is_set()

    def _follow(self, what: str) -> None:
        logger.info("Worker %s was told to %s", self._worker, what)
        self._intake.wake()
