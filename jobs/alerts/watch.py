"""The watch: looks whether alerts and digests are due. Workers do it with their other repairs.

No worker can tell that there is no worker, so web and scheduler processes watch too; jobs_tick lets
one of all of them look per period. Where no worker lives, the watch also runs the jobs that carry
its news, in its own process: they are ordinary jobs, and one that fails waits for a worker.
"""

import logging
import threading
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection

from .. import execution, maintenance
from ..health import live_workers
from ..models import Job
from ..states import Status
from . import channels, digests, evaluation

logger = logging.getLogger("quarry.alerts")

LOOK_SECONDS = 15.0
_started = threading.Event()


def look() -> None:
    """Do what is due now."""
    for name, every, work in WORK:
        if maintenance.due(name, every):
            work()


WORK = (
    ("alerts", evaluation.EVERY, evaluation.evaluate),
    ("failure-digests", timedelta(seconds=15), digests.send_due),
    ("forget-alerts", timedelta(hours=6), evaluation.forget),
)
CARRIERS = (channels.EMAIL_TYPE, channels.WEBHOOK_TYPE, digests.TYPE)


def carry_without_workers(limit: int = 20) -> int:
    """Run the waiting jobs that carry news, where nobody else would; returns how many ran."""
    if live_workers().get("default"):
        return 0
    waiting = Job.objects.filter(queue="default", type__in=CARRIERS, status=str(Status.WAITING)).order_by("id")
    return sum(execution.run(key, worker="watch") for key in list(waiting.values_list("id", flat=True)[:limit]))


def start() -> None:
    """Watch from a thread of this process until it ends; a second call does nothing."""
    if _started.is_set():
        return
    _started.set()
    threading.Thread(target=_watch, name="alert-watch", daemon=True).start()


def _watch() -> None:
    pause = threading.Event()
    while not pause.wait(LOOK_SECONDS):
        try:
            look()
            carry_without_workers()
        except (DatabaseError, InterfaceError) as error:
            logger.debug("The watch was broken off: %s", error)
        except Exception:
            logger.exception("The watch failed; it goes on")
        finally:
            connection.close()
