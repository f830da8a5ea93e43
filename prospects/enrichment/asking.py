"""Asking several sources about many subjects at once, within what each source allows.

Each source has lanes of its own, so that a slow or limited one delays no other. Where a source asks for a short
pause, the pause is kept and the question put again; where it would take too long, the answer is that it failed.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from providers.errors import ProviderError

from ..facts import FactValue
from ..models import Outcome
from .answers import MESSAGE_LENGTH, Answer
from .enricher import Enricher
from .subjects import Subject

#: Questions to one source that are under way at once, of one job.
LANES = 3
#: Seconds that one job waits for a source's limit, over all its questions, and for one pause at most.
PATIENCE, LONGEST_PAUSE = 120.0, 60.0
#: How often a job that waits looks whether it must stop.
_LOOK = 0.25


@dataclass(kw_only=True)
class _Lane:
    """One source: what is still to be asked of it, and when it may be asked again."""

    enricher: Enricher
    waiting: deque[Subject] = field(default_factory=deque)
    under_way: int = 0
    not_before: float = 0.0
    waited: float = 0.0

    def takes(self, now: float) -> bool:
        return bool(self.waiting) and self.under_way < LANES and self.not_before <= now


def ask(
    enrichers: Sequence[Enricher], subjects: Sequence[Subject], *, check: Callable[[], None]
) -> Iterator[tuple[Subject, list[Answer]]]:
    """Each subject with the answers of all sources, as soon as they are complete; in no particular order.

    check: raises where the work must stop; asked a few times a second. Sources that cannot be asked, or know too
    little to be, answer `skipped`.
    """
    asking = _Asking(enrichers, subjects)
    try:
        yield from asking.run(check)
    finally:
        asking.stop()


class _Asking:
    def __init__(self, enrichers: Sequence[Enricher], subjects: Sequence[Subject]) -> None:
        self._subjects = subjects
        self._answers: dict[int, list[Answer]] = {subject.pk: [] for subject in subjects}
        self._lanes: list[_Lane] = []
        self._expected = len(enrichers)
        for enricher in enrichers:
            self._open(enricher)
        self._pool = ThreadPoolExecutor(max(1, len(self._lanes) * LANES), thread_name_prefix="ask")
        self._futures: dict[Future[list[FactValue]], tuple[_Lane, Subject]] = {}

    def _open(self, enricher: Enricher) -> None:
        lane = _Lane(enricher=enricher)
        for subject in self._subjects:
            refusal = enricher.refusal(subject)
            if refusal is None:
                lane.waiting.append(subject)
            else:
                self._skip(enricher, subject, refusal)
        if lane.waiting:
            self._lanes.append(lane)

    def _skip(self, enricher: Enricher, subject: Subject, why: str) -> None:
        self._answers[subject.pk].append(
            Answer(
                provider=enricher.name, outcome=Outcome.SKIPPED, source=enricher.source, message=why[:MESSAGE_LENGTH]
            )
        )

    def run(self, check: Callable[[], None]) -> Iterator[tuple[Subject, list[Answer]]]:
        for subject in self._subjects:
            yield from self._complete(subject)
        while any(lane.waiting for lane in self._lanes) or self._futures:
            check()
            self._submit(time.monotonic())
            for subject in self._finished():
                yield from self._complete(subject)

    def stop(self) -> None:
        """Questions that have not been put are dropped; those under way end by their own time limits."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _complete(self, subject: Subject) -> Iterator[tuple[Subject, list[Answer]]]:
        if len(self._answers[subject.pk]) == self._expected:
            yield subject, self._answers[subject.pk]

    def _submit(self, now: float) -> None:
        for lane in self._lanes:
            while lane.takes(now):
                subject = lane.waiting.popleft()
                lane.under_way += 1
                self._futures[self._pool.submit(_look_up, lane.enricher, subject)] = (lane, subject)

    def _finished(self) -> list[Subject]:
        if not self._futures:
            # Everybody pauses.
            threading.Event().wait(_LOOK)
            return []
        done, _ = wait(self._futures, timeout=_LOOK, return_when=FIRST_COMPLETED)
        return [subject for future in done if (subject := self._settle(future)) is not None]

    def _settle(self, future: Future[list[FactValue]]) -> Subject | None:
        lane, subject = self._futures.pop(future)
        lane.under_way -= 1
        error = future.exception()
        if isinstance(error, ProviderError) and self._pauses(lane, error):
            lane.waiting.appendleft(subject)
            return None
        if error is not None and not isinstance(error, ProviderError):
            raise error
        self._answers[subject.pk].append(_answer(lane.enricher, error, [] if error else future.result()))
        return subject

    def _pauses(self, lane: _Lane, error: ProviderError) -> bool:
        """Whether the question is put again after the pause that the source asks for."""
        pause = error.retry_after
        if error.error_class != "RATE_LIMIT" or pause is None or pause > LONGEST_PAUSE:
            return False
        now = time.monotonic()
        # Of several questions refused at the same moment the first one's pause is everybody's.
        longer = max(0.0, now + pause - max(now, lane.not_before))
        if lane.waited + longer > PATIENCE:
            return False
        lane.waited += longer
        lane.not_before = max(lane.not_before, now + pause)
        return True


def _look_up(enricher: Enricher, subject: Subject) -> list[FactValue]:
    try:
        return enricher.look_up(subject)
    finally:
        # A thread of its own has connections of its own, which must go back to the pool.
        connections.close_all()


def _answer(enricher: Enricher, error: Any, facts: list[FactValue]) -> Answer:
    outcome = Outcome.FAILED if error else Outcome.FOUND if facts else Outcome.EMPTY
    return Answer(
        provider=enricher.name,
        outcome=outcome,
        source=enricher.source,
        facts=facts,
        message=str(error)[:MESSAGE_LENGTH] if error else "",
        error=error,
    )
