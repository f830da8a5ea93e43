"""Lists of jobs: of one queue, and of all that match a search."""

from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller

from .. import policy, reads, registry
from ..resource import resources
from ..search import engine
from ..search.language import FIELDS, LONGEST_QUERY, from_fields, parse, quoted
from ..shapes import job as shapes
from ..states import ALIASES, COUNT_KEYS, Status, parse_status
from .base import READ, ApiView, Need
from .openapi.declaring import choice, documented, integer, text, when
from .params import LARGEST_OFFSET, Params
from .problems import Invalid, NotFound

LIMIT, MOST = 20, 500
#: What callers may write for a state.
WORDS = tuple(dict.fromkeys([*map(str, Status), *COUNT_KEYS.values(), *ALIASES, "all"]))
PAGING = (integer("limit", LIMIT, least=1, most=MOST), integer("offset", 0, least=0, most=LARGEST_OFFSET))
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

    @documented(
        "The jobs of a queue",
        about="The newest first in terminal states, in the order of execution while waiting.",
        query=[choice("status", WORDS, default="waiting"), *PAGING],
        answers={200: shapes.QueueJobs},
    )
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

    @documented(
        "Search for jobs",
        about="Archived records too, the newest first. With `q` or `cursor`, `offset` does not "
        "count and `nextCursor` leads on.",
        query=[
            text("q", "A query such as `status:failed type:research acme`, see the console.", longest=LONGEST_QUERY),
            text("relatedId"),
            text("correlationId"),
            text("type"),
            text("queue"),
            choice("status", WORDS),
            text("userId"),
            text("tenantId"),
            when("createdAfter"),
            when("createdBefore"),
            *PAGING,
            integer("cursor", 0, least=0, most=2**63 - 1, about="The `nextCursor` of the page before."),
        ],
        answers={200: shapes.FoundJobs},
    )
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
        text = params.text("q", longest=LONGEST_QUERY)
        before = params.integer("cursor", 0, least=0, most=2**63 - 1)
        params.done()
        if text is not None or before:
            return self._found(request, text or "", before or None, limit)
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

    def _found(self, request: Request, text: str, before: int | None, limit: int) -> Response:
        """By query text, with the other parameters as conditions of it; newest first, page by cursor."""
        given = {name: request.query_params.get(name, "") for name in FIELDS}
        query = parse(from_fields({**given, "q": text} | _created(request)))
        if query.problems:
            raise Invalid({"q": query.problems[0]})
        found = engine.find(self.caller, query, before=before, limit=limit)
        jobs = found.jobs(complete=True)
        return Response(
            {
                "limit": limit,
                "offset": 0,
                "count": len(jobs),
                "hasMore": found.older is not None,
                "nextCursor": None if found.older is None else str(found.older),
                "jobs": resources(jobs),
            }
        )


def _created(request: Request) -> dict[str, str]:
    """The bounds in time, which were checked before, as terms of the query."""
    params = Params(request.query_params)
    terms = [
        f"created:{sign}{quoted(at.isoformat())}"
        for name, sign in (("createdAfter", ">="), ("createdBefore", "<"))
        if (at := params.when(name))
    ]
    return {"q": " ".join([params.text("q", longest=LONGEST_QUERY) or "", *terms])} if terms else {}


def _type_named(word: str) -> str | None:
    try:
        return registry.get(word).name
    except registry.UnknownType:
        return word if word in policy.TYPE_POLICIES else None
