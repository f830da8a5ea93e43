"""Workers as a library: start them from a Python program, ask for them, and stop them gracefully."""

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from . import health
from .policy import canonical_queue, policies
from .views_of_state import paused_queues

_manager: "subprocess.Popen[bytes] | None" = None


class WorkersRunning(RuntimeError):
    """This program has started workers already; stop them first."""


def start_workers(queues: Iterable[str] | None = None, concurrency: Mapping[str, int] | None = None) -> int:
    """Start a worker manager beside this program; returns its process id.

    queues: names or aliases; all enabled ones if left out. concurrency: slots by queue, 1 to 100.
    Raises ValueError for a queue that does not exist, WorkersRunning where it runs already.
    """
    global _manager  # noqa: PLW0603  one program has one manager
    if _manager is not None and _manager.poll() is None:
        raise WorkersRunning("workers are running; call stop_workers() first")
    arguments = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "workers"]
    if queues is not None:
        arguments += ["--queues", ",".join(_known(queue) for queue in queues)]
    for queue, number in (concurrency or {}).items():
        arguments += ["--concurrency", f"{_known(queue)}={number}"]
    environment = {**os.environ, "DATABASE_URL": _database_url(), "REDIS_URL": settings.REDIS_URL}
    _manager = subprocess.Popen(arguments, env=environment)  # noqa: S603  our own command line
    return _manager.pid


def stop_workers(timeout: float | None = None) -> None:
    """Let active jobs finish, put the rest back, and wait until the workers have ended.

    timeout: seconds to wait; the shutdown time and some more if left out. Does nothing where none run.
    Raises subprocess.TimeoutExpired if they have not ended by then.
    """
    global _manager  # noqa: PLW0603  one program has one manager
    if _manager is None:
        return
    _manager.terminate()
    _manager.wait(settings.WORKER_SHUTDOWN_TIMEOUT + 20 if timeout is None else timeout)
    _manager = None


def get_worker_status() -> list[dict[str, Any]]:
    """One entry per queue: `{name, isRunning, isPaused}`, over the workers of all hosts."""
    slots = health.live_workers()
    paused = paused_queues()
    return [{"name": name, "isRunning": bool(slots.get(name)), "isPaused": name in paused} for name in policies()]


def _known(word: str) -> str:
    name = canonical_queue(word)
    if name is None:
        raise ValueError(f"there is no queue {word!r}; the queues are {', '.join(policies())}")
    return name


def _database_url() -> str:
    """The database this program uses, which in a test is not the one its environment names."""
    from urllib.parse import urlsplit, urlunsplit

    from django.db import connection

    url = urlsplit(os.environ.get("DATABASE_URL", "postgres://quarry@localhost:5432/quarry"))
    return urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
