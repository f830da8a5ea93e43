"""One place where a supervising process waits: for signals, dead children and closed pipes."""

import os
import select
import signal
from collections.abc import Sequence
from types import FrameType, TracebackType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Collects signals while it is entered; `wait` returns as soon as one arrives.

    received: the stop signals so far, oldest first. A dead child only wakes `wait`.
    Enter it before starting children, or a death in between goes unnoticed.
    """

    def __init__(self) -> None:
        self.received: list[signal.Signals] = []

    def __enter__(self) -> "Signals":
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._earlier_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._earlier = {number: signal.signal(number, self._note) for number in (*STOPPING, signal.SIGCHLD)}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._earlier.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._earlier_fd)
        os.close(self._reader)
        os.close(self._writer)

    @property
    def stop_requested(self) -> bool:
        return bool(self.received)

    def wait(self, seconds: float | None, *, descriptors: Sequence[int] = ()) -> list[int]:
        """Wait for a signal, for input on `descriptors`, or for the time; returns the readable."""
        readable, _, _ = select.select([self._reader, *descriptors], [], [], seconds)
        if self._reader in readable:
            while True:
                try:
                    os.read(self._reader, 512)
                except BlockingIOError:
                    break
        return [descriptor for descriptor in readable if descriptor != self._reader]

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGCHLD:
            self.received.append(signal.Signals(number))
