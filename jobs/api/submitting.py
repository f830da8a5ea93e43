"""POST paths that create jobs: one, one of a fixed type, and many of one type."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions
from ..actions import Submission
from ..direct import run_here
from ..handle import JobHandle
from ..models import Job
from ..payloads import InvalidPayload
from ..reads import with_facts
from ..registry import JobType, UnknownType
from ..registry import get as type_named
from ..resource import job_resource, poll_url, resources
from ..shapes import job as shapes
from ..shapes.queue import AllCounts
from ..shapes.workflow import SubmittedBatch
from ..states import TERMINAL, Status
from ..submission import Options, parse_options
from ..workflows import batches
from ..workflows.direct import run_workflow_here
from ..workflows.models import Workflow
from ..workflows.resource import workflow_resource
from . import statistics
from .base import READ, WRITE, ApiView, Need
from .openapi import submissions
from .openapi.declaring import documented
from .params import fields_of
from .problems import Invalid
from .throttling import Allowance, take_submission

MOST_ITEMS = submissions.MOST_ITEMS
CONFLICTS = ("job_id_in_use", "precondition_failed")
LIMITED = {
    "RateLimit-Policy": "How many submissions in how many seconds.",
    "RateLimit": "How many are left, and the seconds until there is one more.",
}
SUBMITTED = {**LIMITED, "Location": "Of the job.", "Retry-After": "Seconds until it is worth asking for it."}


def refuse_internal(word: Any) -> str:
    """The type a caller named, if callers may create it. Raises Invalid or UnknownType."""
    if not isinstance(word, str):
        raise Invalid({"type": "is required" if word is None else "must be a text"})
    kind: JobType = type_named(word)
    if kind.internal:
        raise Invalid({"type": f"{kind.name} jobs are the product's own; they cannot be created here"})
    return kind.name


class Submitting(ApiView):
    """Shared by the submitting views: the limit, the answer, and running at once where queues are off."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": WRITE}

    allowance: Allowance | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Count every submission, wrong ones too, before its body is read."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST":
            self.allowance = take_submission(self.caller)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            response[name] = value
        return response

    def stored(self, handle: JobHandle) -> None:
        """Called last in the transaction that stores a job; whatever it raises undoes that."""

    def submit(self, type_name: str, data: Any, options: Any, *, own_id: str | None = None) -> Response:
        """own_id: the product's id for the job where the caller names none."""
        if not isinstance(data, Mapping):
            raise InvalidPayload({"data": "must be an object"})
        chosen = parse_options(options)
        if own_id is not None and chosen.job_id is None:
            chosen = replace(chosen, job_id=own_id, numbered=True)
        with transaction.atomic():
            handle = actions.enqueue(
                type=type_name,
                data=data,
                options=chosen,
                by=self.caller,
                correlation_id=self.request_id,
            )
            # Read before the commit, after which a worker may be quicker than this answer.
            found = with_facts(handle.key)
            self.stored(handle)
        if not settings.USE_QUEUE_PROCESSING and not handle.duplicate:
            run_here(handle.key, handle.queue)
            found = with_facts(handle.key)
        if found is None:
            # A duplicate that somebody removed at this very moment: the id is free again.
            return self.submit(type_name, data, options, own_id=own_id)
        body = job_resource(*found)
        over = Status(found[0].status) in TERMINAL
        headers = {"Location": poll_url(handle.id)} | ({} if over else {"Retry-After": "2"})
        if handle.duplicate:
            body["duplicate"] = True
        return Response(body, status=200 if handle.duplicate or over else 202, headers=headers)


class JobsView(Submitting):
    """GET counts, POST one job."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}

    @documented("How many jobs there are, by queue and state", query=[statistics.INTERNAL], answers={200: AllCounts})
    def get(self, request: Request) -> Response:
        return Response(statistics.counts_by_name(self.caller, request.query_params))

    @documented(
        "Create a job",
        about="200 where `options.jobId` names a job that is there already, with `duplicate`, and where queues are "
        "off: then the job has ended.",
        body=submissions.one_job,
        answers={200: shapes.SubmittedJob, 202: shapes.SubmittedJob},
        conflicts=CONFLICTS,
        headers=SUBMITTED,
        examples={
            "a research": {
                "type": "research",
                "data": {"companyId": "comp_123", "companyName": "Acme", "priority": "high"},
            },
            "in a minute": {
                "type": "ucc-ingestion",
                "data": {"state": "NY"},
                "options": {"jobId": "ucc-NY-1", "delay": 60000, "attempts": 3},
            },
            "a signal": {
                "type": "signal",
                "data": {"signalId": "sig-1", "signalType": "funding", "companyId": "comp_123", "data": {"round": "B"}},
            },
        },
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, ("type", "data", "options"))
        kind = refuse_internal(body.get("type"))
        return self.submit(kind, body.get("data", {}), body.get("options"))


class ShortcutView(Submitting):
    """POST a body that is the data of one fixed type, with `options` beside the data's own fields."""

    type_name = ""

    @documented(
        "Create a job of this type",
        about="The body is the data of the type itself, with `options` beside them.",
        body=submissions.data_with_options,
        body_required=False,
        answers={200: shapes.SubmittedJob, 202: shapes.SubmittedJob},
        conflicts=CONFLICTS,
        headers=SUBMITTED,
    )
    def post(self, request: Request) -> Response:
        data = dict(request.data)
        options = data.pop("options", None)
        return self.submit(self.type_name, data, options)


class BatchView(Submitting):
    """POST many jobs of one type: all are checked first, then all are stored or none."""

    @documented(
        "Create many jobs of one type",
        about="All or none. With `onComplete` one job more runs when all have ended; `batch` then says how far it is.",
        body=submissions.many_jobs,
        answers={200: SubmittedBatch, 202: SubmittedBatch},
        conflicts=CONFLICTS,
        headers=LIMITED,
        examples={
            "three scores": {
                "type": "scoring",
                "items": [{"companyId": "comp_1"}, {"companyId": "comp_2"}, {"companyId": "comp_3"}],
            }
        },
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, ("type", "items", "options", "onComplete", "name"))
        kind = refuse_internal(body.get("type"))
        options = parse_options(body.get("options"))
        submissions = [Submission(type=kind, data=item, options=options) for item in _items(body, options)]
        with transaction.atomic():
            batch, handles = self.store(body, submissions)
            jobs = _shown(handles)
        if not settings.USE_QUEUE_PROCESSING:
            for handle in handles:
                if not handle.duplicate:
                    run_here(handle.key, handle.queue)
            if batch is not None:
                run_workflow_here(batch)
            jobs = _shown(handles)
        over = all(job["status"] in TERMINAL for job in jobs)
        answer: dict[str, Any] = {"count": len(jobs), "jobs": jobs}
        if batch is not None:
            batch.refresh_from_db()
            answer["batch"] = workflow_resource(batch, with_jobs=False)
        return Response(answer, status=200 if over else 202)

    def store(
        self, body: Mapping[str, Any], submissions: Sequence[Submission]
    ) -> tuple[Workflow | None, list[JobHandle]]:
        """The jobs, and the batch where a callback asks for one."""
        on_complete = _on_complete(body)
        if on_complete is None:
            return None, actions.enqueue_many(submissions, by=self.caller, correlation_id=self.request_id)
        made = batches.create(
            submissions=submissions,
            on_complete=on_complete,
            name=_name(body),
            by=self.caller,
            correlation_id=self.request_id,
        )
        return made.workflow, made.jobs


def _on_complete(body: Mapping[str, Any]) -> Submission | None:
    """The callback of a batch: `{"type", "data", "options"}`."""
    given = body.get("onComplete")
    if given is None:
        return None
    fields = fields_of(given, ("type", "data", "options"), prefix="onComplete.")
    try:
        kind = refuse_internal(fields.get("type"))
        options = parse_options(fields.get("options"))
    except UnknownType as error:
        raise Invalid({"onComplete.type": f"{str(error)[:60]!r} is no job type"}) from None
    except (Invalid, InvalidPayload) as error:
        raise Invalid({f"onComplete.{name}": text for name, text in (error.fields or {}).items()}) from None
    data = fields.get("data", {})
    if not isinstance(data, Mapping):
        raise Invalid({"onComplete.data": "must be an object"})
    if options.depends_on:
        raise Invalid({"onComplete.options.dependsOn": "is the batch itself; leave it out"})
    return Submission(type=kind, data=data, options=options)


def _name(body: Mapping[str, Any]) -> str:
    name = body.get("name")
    if name is not None and not (isinstance(name, str) and 0 < len(name.strip()) <= 200):
        raise Invalid({"name": "must be a text of 1 to 200 characters"})
    return (name or "").strip()


def _shown(handles: Sequence[JobHandle]) -> list[dict[str, Any]]:
    """Resources in the order of the handles; a duplicate that was removed this moment is left out."""
    rows = Job.objects.in_bulk([handle.key for handle in handles])
    known = [handle for handle in handles if handle.key in rows]
    shown = resources([rows[handle.key] for handle in known])
    for answer, handle in zip(shown, known, strict=True):
        if handle.duplicate:
            answer["duplicate"] = True
    return shown


def _items(body: Mapping[str, Any], options: Options) -> list[dict[str, Any]]:
    items = body.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        raise Invalid({"items": f"must be a list of 1 to {MOST_ITEMS} objects, each the data of one job"})
    wrong = {f"items.{index}": "must be an object" for index, item in enumerate(items) if not isinstance(item, dict)}
    if options.job_id is not None and len(items) > 1:
        wrong["options.jobId"] = "cannot be shared by several jobs; leave it out"
    if wrong:
        raise Invalid(wrong)
    return items
