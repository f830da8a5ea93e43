"""Commands to running workers, over RQ's own command channel."""

import json

from .connections import client
from .dispatch import forgiving, reachable


def channel(worker: str) -> str:
    return f"rq:pubsub:{worker}"


def stop(*, worker: str | None, job_id: int) -> None:
    """Ask a worker to stop a job now. Where this does not arrive, its next look at the ledger does it."""
    if worker and reachable():
        with forgiving("a stop command"):
            client().publish(channel(worker), json.dumps({"command": "stop-job", "job_id": str(job_id)}))
