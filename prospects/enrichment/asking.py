"""Asking several sources about many subjects at once, within what each source allows.

Each source has lanes of its own, so that a slow or limited one delays no other. Where a source asks for a short
pause, the pause is kept and the question put again; where that would take too long, or the source is down, its
questions that are left are answered with the failure and not put at all.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from django.db import connections

from providers.errors import BadPayload, ProviderError

from ..facts import FactValue
from ..models import Outcome
from .answers import MESSAGE_LENGTH, Answer
from .enricher import Enricher
from .subjects import Subject

logger = logging.getLogger("quarry.prospects")

#: Questions to one source that are under way at once, of one job.
LANES = 3
#: Seconds from the first question after which no pause may end: well within the time limit of the jobs that ask.
PATIENCE = 15.0
#: What reading an answer raises that looks otherwise than anybody foresaw.
_ODD_SHAPE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
#: How often a job that waits looks whether it must stop.
_LOOK = 0.25


@dataclass(kw_only=True)
class _Lane:
    """One source: what is still to be asked of it, and when it may be asked again."""

    enricher: Enricher
    waiting: deque[Subject] = field(default_factory=deque)
    under_way: int = 0
    not_before: float = 0.0

    def takes(self, now: float) -> bool:
        return bool(self.waiting) and self.under_way < LANES and self.not_before <= now


def ask(
    enrichers: Sequence[Enricher],
    subjects: Sequence[Subject],
    *,
    check: Callable[[], None],
    patience: float = PATIENCE,
) -> Iterator[tuple[Subject, list[Answer]]]:
    """Each subject with the answers of all sources, as soon as they are complete; in no particular order.

    patience: seconds within which the pauses must end that sources ask for. check: raises where the work must stop;
    asked a few times a second. Sources that cannot be asked about a subject answer `skipped`.
    """
    asking = _Asking(enrichers, subjects, deadline=time.monotonic() + patience)
    try:
        yield from asking.run(check)
    finally:
        asking.stop()


class _Asking:
    def __init__(self, enrichers: Sequence[Enricher], subjects: Sequence[Subject], *, deadline: float) -> None:
        self._subjects = subjects
        self._deadline = deadline
        #: Of subjects that have not been handed out yet.
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
        # Its last two answers may have come in the same look: it is handed out once all the same.
        if len(self._answers.get(subject.pk, ())) == self._expected and subject.pk in self._answers:
            yield subject, self._answers.pop(subject.pk)

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
        return [subject for future in done for subject in self._settle(future)]

    def _settle(self, future: Future[list[FactValue]]) -> Iterator[Subject]:
        """The subjects that have one more answer now."""
        lane, subject = self._futures.pop(future)
        lane.under_way -= 1
        error = future.exception()
        if isinstance(error, _ODD_SHAPE):
            # It costs its subject, not the others.
            logger.error("%s could not be read about %s", lane.enricher.name, subject, exc_info=error)
            error = BadPayload(f"its answer could not be read ({error!r})", provider=lane.enricher.name)
        if error is not None and not isinstance(error, ProviderError):
            raise error
        if error is not None and error.retry_after is not None:
            if self._pauses(lane, error):
                lane.waiting.appendleft(subject)
                return
            yield from self._give_up(lane, error)
        self._answers[subject.pk].append(_answer(lane.enricher, error, [] if error else future.result()))
        yield subject

    def _pauses(self, lane: _Lane, error: ProviderError) -> bool:
        """Whether the question is put again, after the pause that the source asks for."""
        until = time.monotonic() + (error.retry_after or 0.0)
        if error.error_class != "RATE_LIMIT" or until > self._deadline:
            return False
        lane.not_before = max(lane.not_before, until)
        return True

    def _give_up(self, lane: _Lane, error: ProviderError) -> Iterator[Subject]:
        """What has not been asked yet would only be refused in the same words."""
        while lane.waiting:
            subject = lane.waiting.popleft()
            self._answers[subject.pk].append(_answer(lane.enricher, error, []))
            yield subject


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
