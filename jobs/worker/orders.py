"""What an operator told a worker process: to take no more jobs, to take jobs again, or to stop.

The order is a column of the worker's own row, which its heartbeat reads every two seconds: it needs no
Redis, and a worker that was slow to hear of it finds it later.
"""

from enum import StrEnum

from django.db import transaction

from accounts import audit
from accounts.callers import Caller

from ..models import Worker


class Order(StrEnum):
    RUN = "run"
    #: Finish what runs, take nothing new.
    QUIET = "quiet"
    #: Stop as SIGTERM does; a manager starts a new process in its place.
    STOP = "stop"


#: What people and the API call giving each order.
VERBS = {"quiet": Order.QUIET, "resume": Order.RUN, "stop": Order.STOP}


class NoSuchWorker(LookupError):
    """No worker of this name has been heard of lately."""


def give(*, worker: str, verb: str, by: Caller, request_id: str | None = None) -> bool:
    """Give a worker the order behind `verb`. False where it has that order already.

    A worker that was told to stop cannot be called back. Raises NoSuchWorker.
    """
    order = VERBS[verb]
    with transaction.atomic():
        found = Worker.objects.filter(name=worker)
        if not found.exists():
            raise NoSuchWorker(worker)
        changed = found.exclude(wanted=order).exclude(wanted=Order.STOP).update(wanted=str(order)) == 1
        audit.record(
            caller=by,
            action=f"worker.{verb}",
            target_type="worker",
            target_id=worker,
            details={"changed": changed},
            request_id=request_id,
        )
    return changed
