"""gunicorn's ASGI worker, which tells the open event streams when it is to stop, and misses no signal to stop."""

import queue
import signal

from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]


class StreamingWorker(ASGIWorker):  # type: ignore[misc]  # published without types
    """A stop waits for open connections, and streams stay open for hours: they are asked to end first.

    signals_since_fork: where gunicorn's main process puts its signals. This process has a copy of it, into which
    its own signals go until `init_signals`, and which nobody reads.
    """

    signals_since_fork: "queue.SimpleQueue[int] | None" = None

    def init_signals(self) -> None:
        super().init_signals()
        # Without this a server that is stopped right after its start would wait for all of graceful_timeout.
        if self.signals_since_fork is not None and _says_to_stop(self.signals_since_fork):
            self.alive = False

    def handle_exit_signal(self) -> None:
        super().handle_exit_signal()
        self.asgi.stop_streams()

    def handle_quit_signal(self) -> None:
        super().handle_quit_signal()
        self.asgi.stop_streams()


def _says_to_stop(signals: "queue.SimpleQueue[int]") -> bool:
    found = set()
    while not signals.empty():
        found.add(signals.get_nowait())
    return not found.isdisjoint({signal.SIGTERM, signal.SIGINT, signal.SIGQUIT})
