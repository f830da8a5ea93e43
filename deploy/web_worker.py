"""gunicorn's ASGI worker, which tells the open event streams when it is to stop."""

from gunicorn.workers.gasgi import ASGIWorker  # type: ignore[import-untyped]


class StreamingWorker(ASGIWorker):  # type: ignore[misc]  # published without types
    """A stop waits for open connections, and streams stay open for hours: they are asked to end first."""

    def handle_exit_signal(self) -> None:
        super().handle_exit_signal()
        self.asgi.stop_streams()

    def handle_quit_signal(self) -> None:
        super().handle_quit_signal()
        self.asgi.stop_streams()
