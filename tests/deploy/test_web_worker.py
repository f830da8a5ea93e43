"""gunicorn's worker as the web server runs it."""

import queue
import signal

import pytest
from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]

from deploy.web_worker import StreamingWorker


@pytest.mark.parametrize(
    ("sent", "alive"), [([signal.SIGTERM], False), ([signal.SIGHUP, signal.SIGINT], False), ([signal.SIGTTIN], True)]
)
def test_a_signal_to_stop_between_fork_and_handlers_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, sent: list[signal.Signals], alive: bool
) -> None:
    # Of this process the tests keep the handlers.
    monkeypatch.setattr(ASGIWorker, "init_signals", lambda worker: None)
    worker = StreamingWorker.__new__(StreamingWorker)
    worker.alive = True
    worker.signals_since_fork = queue.SimpleQueue()
    for number in sent:
        worker.signals_since_fork.put(int(number))

    worker.init_signals()

    assert worker.alive is alive
