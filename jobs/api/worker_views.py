"""Workers: one entry per queue, and the processes behind it for those who ask."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from ..health import LiveWorker, workers
from ..policy import policy_of
from ..shapes.queue import WorkerGroup, WorkerTold
from ..shapes.requests import WorkerAction
from ..timestamps import iso, iso_or_none
from ..views_of_state import paused_queues
from ..worker import orders
from .base import MANAGE, READ, ApiView, Need
from .openapi.declaring import documented, flag
from .params import Params, fields_of
from .problems import Invalid, NotFound
from .statistics import INTERNAL, shown_queues


class WorkersView(ApiView):
    """GET /api/workers. Hosts, process ids and details are for admins."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented(
        "The workers of each queue",
        query=[flag("detail", "Adds the processes; for admins."), INTERNAL],
        answers={200: list[WorkerGroup]},
    )
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        detail = params.flag("detail")
        params.done()
        if detail and not self.caller.is_admin:
            raise PermissionDenied("Worker details are for admins; leave detail out.")
        queues = shown_queues(self.caller, request.query_params)
        found, paused = workers(), paused_queues()
        return Response(
            [
                worker_group(queue, found, paused=queue in paused, for_admin=self.caller.is_admin, detail=detail)
                for queue in queues
            ]
        )


class WorkerView(ApiView):
    """POST /api/workers/{worker}: quiet, resume or stop one worker process."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": MANAGE}

    @documented(
        "Quiet, resume or stop a worker process",
        body=WorkerAction,
        answers={200: WorkerTold},
        examples={"take no more jobs": {"action": "quiet"}},
    )
    def post(self, request: Request, worker: str) -> Response:
        verb = fields_of(request.data, ("action",)).get("action")
        if not isinstance(verb, str) or verb not in orders.VERBS:
            raise Invalid({"action": f"must be one of {', '.join(orders.VERBS)}"})
        try:
            changed = orders.give(worker=worker, verb=verb, by=self.caller, request_id=self.request_id)
        except orders.NoSuchWorker:
            raise NotFound("worker") from None
        return Response({"worker": worker, "action": verb, "changed": changed})


def worker_group(queue: str, found: list[LiveWorker], *, paused: bool, for_admin: bool, detail: bool) -> dict[str, Any]:
    """The workers of one queue taken together; `found` is ordered by heartbeat, the latest first."""
    serving = [worker for worker in found if worker.slots_of(queue)]
    running = [worker for worker in serving if worker.running]
    latest = serving[0] if serving else None
    entry: dict[str, Any] = {
        "name": queue,
        "isRunning": bool(running),
        "isPaused": paused,
        "concurrency": sum(worker.slots_of(queue) for worker in running) or policy_of(queue).concurrency,
        "busy": sum(worker.busy_of(queue) for worker in running),
        "queues": [queue],
        "lastHeartbeat": iso_or_none(latest.heartbeat_at if latest else None),
        "pid": latest.row.pid if latest and for_admin else None,
        "host": latest.row.host if latest and for_admin else None,
    }
    if detail:
        entry["slots"] = [_detail(worker, queue) for worker in serving]
    return entry


def _detail(worker: LiveWorker, queue: str) -> dict[str, Any]:
    row = worker.row
    return {
        "worker": row.name,
        "group": row.group,
        "host": row.host,
        "pid": row.pid,
        "isRunning": worker.running,
        "isStopping": row.stopping,
        "isQuiet": row.quiet,
        "slots": worker.slots_of(queue),
        "busy": worker.busy_of(queue),
        "queues": sorted(row.slots),
        "memoryMb": row.memory_mb,
        "startedAt": iso(row.started_at),
        "lastHeartbeat": iso(row.heartbeat_at),
    }
