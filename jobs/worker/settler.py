"""The settler: one thread that writes what runs report, many runs to a transaction.

Whatever arrives while one transaction commits goes into the next, so batches grow with the load and
a lone job never waits. Order is kept: a run's progress is written before its end.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from .. import joblog, outcomes
from ..ledger.claim import Claimed
from ..ledger.progress import Line, Step, write_lines, write_progress
from ..ledger.settle import Settlement, lock, settle
from ..policy import Backoff, policy_of
from .database import drop_connection, helps_to_wait, persistently

logger = logging.getLogger("quarry.worker")

MOST_PER_TRANSACTION = 500


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The end of a run. settlement None: settled already, or not this run's to settle."""

    claimed: Claimed
    settlement: Settlement | None
    #: Of a run that settled itself; None where it did not.
    duration_ms: int | None = None


Item = Step | Line | Ending
#: Told after the commit: the endings, in order, each with its settled duration (None: not applied).
Listener = Callable[[list[tuple[Ending, int | None]]], None]


class Settler:
    """Takes steps, lines and endings from all slots. Stop it only after the last slot."""

    def __init__(self, listener: Listener, lost: Callable[[int, int], None]) -> None:
        self._items: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._listener = listener
        self._lost = lost
        self._giving_up = threading.Event()
        self._thread = threading.Thread(target=self._work, name="settler", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def report(self, item: Step | Line) -> None:
        self._items.put(item)

    def end(self, claimed: Claimed, settlement: Settlement | None, *, duration_ms: int | None = None) -> None:
        self._items.put(Ending(claimed=claimed, settlement=settlement, duration_ms=duration_ms))

    def stop(self, timeout: float) -> bool:
        """Write what is left. False if the database did not let it within `timeout` seconds."""
        self._items.put(None)
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._giving_up.set()
            return False
        return True

    def _work(self) -> None:
        while True:
            batch, more = self._gather()
            if batch:
                self._write_all(batch)
            if not more:
                drop_connection()
                return

    def _gather(self) -> tuple[list[Item], bool]:
        batch: list[Item] = []
        item = self._items.get()
        while item is not None:
            batch.append(item)
            if len(batch) >= MOST_PER_TRANSACTION:
                return batch, True
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _write_all(self, batch: list[Item]) -> None:
        """Whatever happens to a batch, the next one is written: every slot of the worker waits for this thread."""
        done: dict[tuple[int, int], int | None] = {}
        try:
            written = persistently(lambda: self._write(batch), what="Settling", give_up=self._giving_up.is_set)
            if written is None:
                return
            done = written
        except Exception:
            logger.exception("Some runs could not be settled; they are left to their leases")
            drop_connection()
        endings = [item for item in batch if isinstance(item, Ending)]
        try:
            self._listener(
                [(item, done.get((item.claimed.id, item.claimed.run), item.duration_ms)) for item in endings]
            )
        except Exception:
            logger.exception("What was settled could not be told")

    def _write(self, batch: list[Item]) -> dict[tuple[int, int], int | None]:
        try:
            return self._transact(batch)
        except Exception as error:
            if helps_to_wait(error):
                raise
            # One of them holds what the database refuses; alone, it fails alone.
            return self._one_by_one(batch)

    def _transact(self, batch: list[Item]) -> dict[tuple[int, int], int | None]:
        steps = [item for item in batch if isinstance(item, Step)]
        lines = [item for item in batch if isinstance(item, Line)]
        settlements = [item.settlement for item in batch if isinstance(item, Ending) and item.settlement]
        if not (steps or lines or settlements):
            return {}
        if not (steps or lines):
            return settle(settlements)
        with transaction.atomic():
            # The heartbeat and cancellations lock in id order too; three statements after each other would not.
            lock({item.claimed.id if isinstance(item, Ending) else item.job_id for item in batch})
            owned = write_progress(steps)
            write_lines(lines)
            done = settle(settlements)
        for step in steps:
            if (step.job_id, step.run) not in owned:
                self._lost(step.job_id, step.run)
        return done

    def _one_by_one(self, batch: list[Item]) -> dict[tuple[int, int], int | None]:
        done: dict[tuple[int, int], int | None] = {}
        for item in batch:
            try:
                done |= self._transact([item])
            except Exception as error:
                if helps_to_wait(error):
                    raise
                if isinstance(item, Ending) and item.settlement:
                    done |= self._refused(item, error)
                else:
                    logger.exception("A progress report or log line could not be stored")
        return done

    def _refused(self, ending: Ending, error: Exception) -> dict[tuple[int, int], int | None]:
        """The database takes the job but not its result: that is the job's failure, with the reason."""
        logger.error("The result of job %s cannot be stored: %s", ending.claimed.public_id, error)
        return settle(
            [
                outcomes.failed(
                    ending.claimed,
                    ValueError(f"the result cannot be stored: {error}"),
                    rules=policy_of(ending.claimed.queue),
                    backoff=Backoff(base_ms=5000),
                    draw=0,
                    at=datetime.now(UTC),
                )
            ]
        )


def log_endings(endings: list[tuple[Ending, int | None]]) -> None:
    for ending, duration_ms in endings:
        joblog.ended(ending.claimed, ending.settlement, duration_ms)
