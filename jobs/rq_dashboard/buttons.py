"""What the buttons of RQ's dashboard do here: the ledger's own verbs, its state rules, its audit trail.

RQ's own views would change Redis, which decides nothing, and the ledger would undo them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest

from accounts.callers import caller_of

from .. import actions, queues
from ..ledger.change import Changed
from ..models import Job
from ..states import Status

RETRYABLE = "Only failed and cancelled jobs can be; a dead one is retried, with force, in the console."


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button of one queue's pages. keys: primary keys of jobs, as RQ knows them."""

    request: HttpRequest
    queue: str
    keys: Sequence[str] = ()

    def jobs(self) -> list[Job]:
        keys = [int(key) for key in self.keys if key.isdigit()]
        return list(Job.objects.filter(queue=self.queue, pk__in=keys).only("id", "public_id"))

    @property
    def request_id(self) -> str | None:
        return getattr(self.request, "request_id", None)


Verb = Callable[..., list[Changed]]


def requeue(pressed: Pressed) -> None:
    _each(pressed, actions.retry, "Requeued", RETRYABLE)


def start(pressed: Pressed) -> None:
    _each(pressed, actions.run_now, "Started", "Only jobs that wait for their time can be.")


def delete(pressed: Pressed) -> None:
    _each(pressed, actions.remove, "Deleted", "Only jobs that are not running can be.")


def stop(pressed: Pressed) -> None:
    _each(pressed, actions.cancel, "Stopped", "Only jobs that have not ended can be.")


def _each(pressed: Pressed, verb: Verb, done: str, rule: str) -> None:
    changed = verb(jobs=pressed.jobs(), by=caller_of(pressed.request), request_id=pressed.request_id)
    _tell(pressed, [item.public_id for item in changed], f"{done} {len(changed)} of {len(pressed.keys)} jobs.", rule)


def requeue_all(pressed: Pressed) -> None:
    ids = queues.retry_failed(queue=pressed.queue, by=caller_of(pressed.request), request_id=pressed.request_id)
    _tell(pressed, ids, f"Requeued {len(ids)} jobs.", RETRYABLE)


def delete_failed(pressed: Pressed) -> None:
    _remove_all(pressed, Status.FAILED, "There is no failed job on the queue.")


def empty(pressed: Pressed) -> None:
    _remove_all(pressed, Status.WAITING, "There is no waiting job on the queue.")


def _remove_all(pressed: Pressed, status: Status, rule: str) -> None:
    by = caller_of(pressed.request)
    removal = queues.remove_with_status(queue=pressed.queue, status=status, by=by, request_id=pressed.request_id)
    _tell(pressed, removal.removed, f"Deleted {len(removal.removed)} jobs.", rule)


def _tell(pressed: Pressed, changed: Sequence[str], text: str, rule: str) -> None:
    """rule: the sentence that says why nothing changed, where nothing did."""
    if changed:
        messages.success(pressed.request, text)
    else:
        messages.warning(pressed.request, f"{text} {rule}")


#: By the name of RQ's view. The bulk view names its verb in the form.
BUTTONS: dict[str, Callable[[Pressed], None]] = {
    "requeue_job": requeue,
    "enqueue_job": start,
    "delete_job": delete,
    "stop_job": stop,
    "requeue_all": requeue_all,
    "delete_failed_jobs": delete_failed,
    "clear": empty,
}
BULK: dict[str, Callable[[Pressed], None]] = {"requeue": requeue, "delete": delete, "stop": stop}
