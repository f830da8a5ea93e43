"""Lists of jobs: of one queue, and of all that match a search."""

from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller

from .. import policy, reads, registry
from ..resource import resources
from ..states import COUNT_KEYS, Status, parse_status
from .base import READ, ApiView, Need
from .params import LARGEST_OFFSET, Params
from .problems import NotFound

LIMIT, MOST = 20, 500
STATUS_WORDS = "must be one of " + ", ".join(COUNT_KEYS) + " or all"


def queue_named(word: str, caller: Caller) -> str:
    """The queue a caller means. Raises NotFound; the internal queue exists for admins only."""
    name = policy.canonical_queue(word)
    if name is None or (policy.policy_of(name).internal and not caller.is_admin):
        raise NotFound("queue")
    return name


def page(params: Params) -> tuple[int, int]:
    """(limit, offset) of a listing."""
    limit = params.integer("limit", LIMIT, least=1, most=MOST)
    return limit, params.integer("offset", 0, least=0, most=LARGEST_OFFSET)


def wanted_states(params: Params, default: str | None) -> list[Status] | None:
    """The states asked for; None for every state."""
    word = params.text("status") or default
    if word is None or word == "all":
        return None
    status = params.parsed("status", parse_status, STATUS_WORDS) if params.text("status") else parse_status(word)
    return [status] if status is not None else []


class QueueJobsView(ApiView):
    """GET /api/jobs/queues/{name}"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    def get(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        params = Params(request.query_params)
        states = wanted_states(params, "waiting")
        limit, offset = page(params)
        params.done()
        jobs = list(reads.in_queue(self.caller, queue, states)[offset : offset + limit])
        return Response(
            {
                "queue": queue,
                "status": "all" if states is None else str(states[0]),
                "limit": limit,
                "offset": offset,
                "count": len(jobs),
                "total": _total(self.caller, queue, states),
                "jobs": resources(jobs),
            }
        )


def _total(caller: Caller, queue: str, states: list[Status] | None) -> int:
    numbers = reads.counts(caller)[queue]
    return reads.total(numbers) if states is None else sum(numbers[COUNT_KEYS[state]] for state in states)


class SearchView(ApiView):
    """GET /api/jobs/search"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        states = wanted_states(params, None)
        wanted = reads.Search(
            related_id=params.text("relatedId"),
            correlation_id=params.text("correlationId"),
            type=params.parsed("type", _type_named, "must be a job type"),
            queue=params.parsed("queue", policy.canonical_queue, "must be a queue"),
            status=states[0] if states else None,
            user_id=params.text("userId"),
            tenant_id=params.text("tenantId"),
            created_after=params.when("createdAfter"),
            created_before=params.when("createdBefore"),
        )
        limit, offset = page(params)
        params.done()
        found = reads.search(self.caller, wanted)
        jobs = list(found[offset : offset + limit + 1])
        return Response(
            {
                "limit": limit,
                "offset": offset,
                "count": len(jobs[:limit]),
                "hasMore": len(jobs) > limit,
                "jobs": resources(jobs[:limit]),
            }
        )


def _type_named(word: str) -> str | None:
    try:
        return registry.get(word).name
    except registry.UnknownType:
        return word if word in policy.TYPE_POLICIES else None
