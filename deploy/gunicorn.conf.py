"""gunicorn for Quarry: few processes, threads for requests, none for streams. The command line wins over this.

Environment: PORT (3000), WEB_CONCURRENCY (2 processes), WEB_BIND. The number of threads of each,
WEB_THREADS, is a setting.
"""

import atexit
import os
import re
import sys
from typing import Any

wsgi_app = "config.asgi:application"
# An address without a port takes PORT, which platforms choose.
bind = os.environ.get("WEB_BIND") or "127.0.0.1"
if not re.search(r"^unix:|:\d+\Z", bind):
    bind = f"{bind}:{os.environ.get('PORT') or 3000}"
worker_class = "deploy.web_worker.StreamingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)

# One load for all processes: a quicker start and shared memory. Nothing opens a connection at
# import, so no connection is shared.
preload_app = True

# A request that takes longer than this, in seconds, may be cut off when the server stops.
graceful_timeout = 30
timeout = 60
keepalive = 5

# The application logs requests itself, with their request id.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("WEB_LOG_LEVEL") or "warning"

if os.environ.get("LOG_FORMAT") == "json":
    from config.logging import logging_config

    # gunicorn's own lines in the form of all others.
    logconfig_dict = logging_config(level=loglevel.upper(), style="json")
    logconfig_dict["loggers"] |= {
        name: {"level": loglevel.upper(), "handlers": ["console"], "propagate": False}
        for name in ("gunicorn.error", "gunicorn.access")
    }

# A second way in, and a socket in the user's home directory, that nothing here uses.
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """End with the parent at once, kill -9 included; gunicorn itself notices only by polling."""
    from deploy.local.process import die_with_parent

    worker.signals_since_fork = server.SIG_QUEUE
    die_with_parent()


def post_worker_init(worker: object) -> None:
    """Watch for alerts from here too: no worker can tell that there is no worker."""
    from jobs.alerts import watch

    watch.start()


def worker_exit(server: object, worker: Any) -> None:
    """End at once: to take this much Python apart costs a second of processor time, on a busy host many by the clock.

    The exit status of an error is left to gunicorn, which calls this in the parent too, for a worker that is gone.
    """
    ending = sys.exc_info()[1]
    if worker.pid == os.getpid() and isinstance(ending, SystemExit) and not ending.code:
        atexit._run_exitfuncs()
        os._exit(0)
