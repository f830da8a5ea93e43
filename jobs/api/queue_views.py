"""Queues: what they hold and by which rules, and what operators do to them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from .. import health, queues, reads
from ..resource import resources
from ..shapes import queue as shapes
from ..shapes.requests import LONGEST_GRACE_MS, PolicyPatch, QueueAction
from ..states import Status, parse_status
from ..views_of_state import paused_queues
from .base import MANAGE, READ, ApiView, Need
from .listing import PAGING, WORDS, page, queue_named, wanted_states
from .openapi.declaring import choice, documented, flag, words
from .params import Params, fields_of, whole
from .policy_views import patch_policy, reset_policy, shown_policy
from .problems import Invalid
from .statistics import INTERNAL, now, shown_queues, with_total

ACTIONS = ("pause", "resume", "clean", "retry-failed", "reset-policy")
MOST_IDS = 1000


def queue_resource(queue: str, numbers: Mapping[str, int], *, paused: bool, workers: int) -> dict[str, Any]:
    return {
        "queue": queue,
        "isPaused": paused,
        "counts": with_total(dict(numbers)),
        "policy": shown_policy(queue),
        "workers": workers,
    }


class QueuesView(ApiView):
    """GET /api/queues"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("All queues", query=[INTERNAL], answers={200: list[shapes.Queue]})
    def get(self, request: Request) -> Response:
        names = shown_queues(self.caller, request.query_params)
        numbers, paused, live = reads.counts(self.caller), paused_queues(), health.live_workers()
        return Response(
            [queue_resource(name, numbers[name], paused=name in paused, workers=live.get(name, 0)) for name in names]
        )


class QueueView(ApiView):
    """/api/queues/{name}"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}

    @documented(
        "One queue",
        query=[flag("includeJobs", "Adds jobs, the latest change first."), choice("status", WORDS), *PAGING],
        answers={200: shapes.QueueNow},
    )
    def get(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        params = Params(request.query_params)
        states = wanted_states(params, None)
        limit, offset = page(params)
        with_jobs = params.flag("includeJobs")
        params.done()
        numbers = reads.counts(self.caller)[queue]
        body = queue_resource(
            queue, numbers, paused=queue in paused_queues(), workers=health.live_workers().get(queue, 0)
        )
        body["timestamp"] = now()
        if with_jobs:
            found = reads.recently_updated(self.caller, queue, states)
            body["jobs"] = resources(list(found[offset : offset + limit]))
        return Response(body)

    @documented(
        "Pause, resume, clean a queue, retry its failed jobs, or reset its limits",
        body=QueueAction,
        answers={200: shapes.QueueActed},
        examples={
            "pause": {"action": "pause", "options": {"reason": "The source is down"}},
            "clean": {"action": "clean", "options": {"grace": 86400000, "limit": 100, "type": "completed"}},
        },
    )
    def post(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        body = fields_of(request.data, ("action", "options"))
        action = body.get("action")
        if action not in ACTIONS:
            raise Invalid({"action": f"must be one of {', '.join(ACTIONS)}"})
        outcome = self._act(queue, str(action), body.get("options"))
        return Response({"queue": queue, "action": action, **outcome})

    @documented(
        "Change a queue's limits while everything runs",
        body=PolicyPatch,
        answers={200: shapes.ChangedPolicy},
        examples={
            "fewer at once": {"concurrency": 2, "startLimit": {"count": 10, "windowMs": 60000}, "reason": "Quota"}
        },
    )
    def patch(self, request: Request, name: str) -> Response:
        return patch_policy(self, request, queue_named(name, self.caller))

    def _act(self, queue: str, action: str, given: Any) -> dict[str, Any]:
        by, request_id = self.caller, self.request_id
        if action == "pause":
            reason = fields_of(given, ("reason",), prefix="options.").get("reason", "")
            if not isinstance(reason, str) or len(reason) > queues.LONGEST_REASON:
                raise Invalid({"options.reason": f"must be a text of at most {queues.LONGEST_REASON} characters"})
            changed = queues.pause(queue=queue, by=by, reason=reason, request_id=request_id)
            return {"isPaused": True, "changed": changed}
        if action == "resume":
            fields_of(given, (), prefix="options.")
            return {"isPaused": False, "changed": queues.resume(queue=queue, by=by, request_id=request_id)}
        if action == "retry-failed":
            options = fields_of(given, ("limit",), prefix="options.")
            limit = whole(
                options.get("limit"), queues.MOST_AT_ONCE, name="options.limit", least=1, most=queues.MOST_AT_ONCE
            )
            ids = queues.retry_failed(queue=queue, limit=limit, by=by, request_id=request_id)
            return {"retried": len(ids), "ids": ids}
        if action == "reset-policy":
            return reset_policy(self, queue, given)
        ids = queues.clean(queue=queue, by=by, request_id=request_id, **clean_options(given))
        return {"removed": len(ids), "ids": ids}

    @documented(
        "Remove jobs of a queue",
        about="Those of `jobIds`, or all of a `status`; one of the two. Running jobs are skipped.",
        query=[words("jobIds", most=MOST_IDS), choice("status", WORDS[:-1])],
        answers={200: shapes.JobsRemoved},
    )
    def delete(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        params = Params(request.query_params)
        ids = params.listed("jobIds", most=MOST_IDS)
        states = wanted_states(params, None) if params.text("status") else None
        if bool(ids) == bool(params.text("status")):
            params.problems.setdefault("jobIds", "give either jobIds or status")
        elif not ids and states is None:
            params.problems["status"] = "must name one state"
        params.done()
        if ids:
            gone = queues.remove_jobs(queue=queue, ids=ids, by=self.caller, request_id=self.request_id)
        else:
            status = (states or [Status.FAILED])[0]
            gone = queues.remove_with_status(queue=queue, status=status, by=self.caller, request_id=self.request_id)
        return Response({"removed": len(gone.removed), "notFound": len(gone.not_found), "skipped": len(gone.skipped)})


def clean_options(given: Any) -> dict[str, Any]:
    options = fields_of(given, ("grace", "limit", "type"), prefix="options.")
    return {
        "grace_ms": whole(
            options.get("grace"), queues.CLEAN_GRACE_MS, name="options.grace", least=0, most=LONGEST_GRACE_MS
        ),
        "limit": whole(
            options.get("limit"), queues.CLEAN_LIMIT, name="options.limit", least=1, most=queues.MOST_AT_ONCE
        ),
        "status": cleanable(options.get("type", "completed")),
    }


def cleanable(word: Any) -> Status:
    try:
        status = parse_status(word) if isinstance(word, str) else None
    except ValueError:
        status = None
    if status not in queues.CLEANABLE:
        raise Invalid({"options.type": f"must be one of {', '.join(queues.CLEANABLE)}"})
    return status
