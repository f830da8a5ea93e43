"""/api/queues/{name}/dead-letter: list what failed for good, and act on a selection of it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from ..dead_letters import ACTIONS, Filter, act, dead_letter, dead_letters, with_last_traceback
from ..errors import ErrorClass
from ..shapes import job as shapes
from ..shapes.requests import LONGEST_GRACE_MS, DeadLetterAction
from ..states import Status, parse_status
from .base import MANAGE, READ, ApiView, Need
from .listing import PAGING, page, queue_named
from .openapi.declaring import Query, choice, documented, text
from .params import Params, fields_of, whole
from .problems import Invalid

MOST_JOBS = 1000
FILTERS = ("type", "errorClass", "status", "olderThanMs", "newerThanMs")


def age(name: str) -> Query:
    return Query(name=name, schema={"type": "integer", "minimum": 0, "maximum": LONGEST_GRACE_MS})


class DeadLetterView(ApiView):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": MANAGE}

    @documented(
        "The dead letters of a queue",
        about="Failed and dead jobs, the latest failure first.",
        query=[
            text("type", longest=100),
            choice("errorClass", ErrorClass),
            choice("status", ("failed", "dead", "all")),
            age("olderThanMs"),
            age("newerThanMs"),
            *PAGING,
        ],
        answers={200: shapes.DeadLetters},
    )
    def get(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        params = Params(request.query_params)
        wanted = _filter({key: params.text(key) for key in FILTERS}, params.problems)
        limit, offset = page(params)
        params.done()
        found = dead_letters(self.caller, queue, wanted)
        admin = self.caller.is_admin
        rows = list((with_last_traceback(found) if admin else found)[offset : offset + limit])
        return Response(
            {
                "queue": queue,
                "limit": limit,
                "offset": offset,
                "count": len(rows),
                "total": found.count(),
                "jobs": [dead_letter(job, for_admin=admin) for job in rows],
            }
        )

    @documented(
        "Retry, bury or remove dead letters",
        about="Of at most `limit` jobs, chosen by `jobIds` or by `filter`.",
        body=DeadLetterAction,
        answers={200: shapes.DeadLettersChanged},
        examples={"all that a source failed": {"action": "retry", "filter": {"errorClass": "NETWORK_ERROR"}}},
    )
    def post(self, request: Request, name: str) -> Response:
        queue = queue_named(name, self.caller)
        body = fields_of(request.data, ("action", "jobIds", "filter", "force", "limit"))
        action = body.get("action")
        if action not in ACTIONS:
            raise Invalid({"action": f"must be one of {', '.join(ACTIONS)}"})
        force = body.get("force", False)
        if not isinstance(force, bool):
            raise Invalid({"force": "must be true or false"})
        limit = whole(body.get("limit"), MOST_JOBS, name="limit", least=1, most=MOST_JOBS)
        changed = act(
            action=str(action),
            queue=queue,
            wanted=_selection(body),
            limit=limit,
            force=force,
            by=self.caller,
            request_id=self.request_id,
        )
        answer: dict[str, Any] = {"queue": queue, "action": action, "count": len(changed), "ids": changed}
        if "jobIds" in body:
            answer["skipped"] = [word for word in dict.fromkeys(body["jobIds"]) if word not in set(changed)]
        return Response(answer)


def _selection(body: Mapping[str, Any]) -> Filter:
    if ("jobIds" in body) == ("filter" in body):
        raise Invalid({"jobIds": "give either jobIds or filter"})
    if "jobIds" in body:
        ids = body["jobIds"]
        fine = isinstance(ids, list) and all(isinstance(word, str) for word in ids)
        if not fine or not 1 <= len(ids) <= MOST_JOBS:
            raise Invalid({"jobIds": f"must be a list of 1 to {MOST_JOBS} job ids"})
        return Filter(job_ids=ids)
    problems: dict[str, str] = {}
    wanted = _filter(fields_of(body["filter"], FILTERS, prefix="filter."), problems)
    if problems:
        raise Invalid({f"filter.{name}": text for name, text in problems.items()})
    return wanted


def _filter(given: Mapping[str, Any], problems: dict[str, str]) -> Filter:
    """From words of a query or values of a body; what is wrong goes to `problems`."""
    return Filter(
        type=_text(given.get("type"), "type", problems),
        error_class=_error_class(given.get("errorClass"), problems),
        status=_status(given.get("status"), problems),
        older_than_ms=_age(given.get("olderThanMs"), "olderThanMs", problems),
        newer_than_ms=_age(given.get("newerThanMs"), "newerThanMs", problems),
    )


def _text(value: Any, name: str, problems: dict[str, str]) -> str | None:
    if value is None or (isinstance(value, str) and len(value) <= 100):
        return value or None
    problems[name] = "must be a text"
    return None


def _error_class(value: Any, problems: dict[str, str]) -> str | None:
    if value is None:
        return None
    if value in list(ErrorClass):
        return str(value)
    problems["errorClass"] = f"must be one of {', '.join(ErrorClass)}"
    return None


def _status(value: Any, problems: dict[str, str]) -> Status | None:
    if value is None or value == "all":
        return None
    try:
        status = parse_status(value) if isinstance(value, str) else None
    except ValueError:
        status = None
    if status not in (Status.FAILED, Status.DEAD):
        problems["status"] = "must be failed or dead"
        return None
    return status


def _age(value: Any, name: str, problems: dict[str, str]) -> int | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST_GRACE_MS:
        problems[name] = f"must be a whole number of milliseconds from 0 to {LONGEST_GRACE_MS}"
        return None
    return value
