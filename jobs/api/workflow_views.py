"""Workflows and batches: declared, listed, looked at, cancelled and retried as a whole."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from ..payloads import InvalidPayload
from ..shapes import workflow as shapes
from ..submission import parse_options
from ..workflows import actions, reads, spec
from ..workflows.direct import run_workflow_here
from ..workflows.models import Workflow
from ..workflows.resource import summaries, url, workflow_resource
from ..workflows.words import ENDED, Kind, WorkflowStatus
from .base import READ, READ_OWNED, WRITE, WRITE_OWNED, ApiView, Need
from .listing import PAGING, page
from .openapi import submissions
from .openapi.declaring import choice, documented, text, when, words
from .params import Params, fields_of
from .problems import Conflict, Invalid, NotFound
from .submitting import CONFLICTS, SUBMITTED, Submitting

FIELDS = ("id", "name", *spec.FORMS)
ACTIONS = ("cancel", "retry")
STATUS_WORDS = "must be one of " + ", ".join(WorkflowStatus)
#: An unfinished workflow is worth asking for again after this many seconds.
RETRY_AFTER = "2"

LISTED = (
    choice("status", WorkflowStatus),
    text("name"),
    text("userId"),
    text("tenantId"),
    when("createdAfter"),
    when("createdBefore"),
    *PAGING,
)
INCLUDE = words("include", known=("jobs",), most=5)
ACTION = choice("action", ACTIONS, default="cancel")


class WorkflowsView(Submitting):
    """GET lists, POST declares one."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ, "POST": WRITE}
    kind = Kind.WORKFLOW

    @documented("The workflows", about="The newest first.", query=LISTED, answers={200: shapes.Workflows})
    def get(self, request: Request) -> Response:
        return listing(self, request, self.kind)

    @documented(
        "Declare jobs that depend on each other",
        about="By name with `dependsOn`, or as nested `sequence` and `parallel`. All are checked first, then "
        "all are stored.",
        body=submissions.workflow,
        answers={200: shapes.MadeWorkflow, 202: shapes.MadeWorkflow},
        conflicts=["workflow_id_in_use", *CONFLICTS],
        headers=SUBMITTED,
        examples={
            "by name": {
                "jobs": {
                    "ingest": {"type": "ucc-ingestion", "data": {"state": "NY"}},
                    "score": {"type": "health-scores", "data": {}, "dependsOn": ["ingest"]},
                }
            },
            "nested": {
                "sequence": [
                    {"type": "ucc-ingestion", "data": {"state": "NY"}},
                    {"parallel": [{"type": "health-scores"}, {"type": "scoring", "data": {"companyId": "comp_1"}}]},
                ]
            },
        },
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, FIELDS)
        workflow_id, name = _identity(body)
        try:
            created = actions.create(
                drafts=spec.read(body),
                name=name,
                workflow_id=workflow_id,
                by=self.caller,
                correlation_id=self.request_id,
                internal=False,
            )
        except actions.WorkflowIdInUse as error:
            raise Conflict(error.code, str(error)) from None
        if not settings.USE_QUEUE_PROCESSING and not created.duplicate:
            run_workflow_here(created.workflow)
            created.workflow.refresh_from_db()
        answer = workflow_resource(created.workflow)
        headers = {"Location": url(created.workflow), "Retry-After": RETRY_AFTER}
        if created.duplicate:
            return Response(answer | {"duplicate": True}, status=200, headers=headers)
        return Response(answer, status=200 if created.workflow.finished_at else 202, headers=headers)


class BatchesView(ApiView):
    """GET lists; batches are made by POST /api/jobs/batch."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("The batches", about="The newest first.", query=LISTED, answers={200: shapes.Batches})
    def get(self, request: Request) -> Response:
        return listing(self, request, Kind.BATCH)


class WorkflowView(ApiView):
    """One workflow or batch."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ_OWNED, "DELETE": WRITE_OWNED}
    kind = Kind.WORKFLOW

    @documented("One workflow with its jobs", query=[INCLUDE], answers={200: shapes.Workflow})
    def get(self, request: Request, workflow_id: str) -> Response:
        params = Params(request.query_params)
        parts = params.listed("include", most=5)
        if set(parts) - {"jobs"}:
            params.problems["include"] = "may be jobs"
        params.done()
        row = self.find(workflow_id)
        # A batch has up to a thousand jobs, of which the counts tell enough.
        body = workflow_resource(row, with_jobs=self.kind is Kind.WORKFLOW or "jobs" in parts)
        return Response(body, headers={} if row.finished_at else {"Retry-After": RETRY_AFTER})

    @documented(
        "Cancel or retry a workflow",
        query=[ACTION],
        answers={202: shapes.ChangedWorkflow},
        conflicts=["not_cancellable", "not_retryable"],
    )
    def delete(self, request: Request, workflow_id: str) -> Response:
        params = Params(request.query_params)
        action = params.text("action") or "cancel"
        if action not in ACTIONS:
            params.problems["action"] = f"must be one of {', '.join(ACTIONS)}"
        params.done()
        row = self.find(workflow_id)
        verb = actions.cancel if action == "cancel" else actions.retry
        changed = verb(workflow=row, by=self.caller, request_id=self.request_id)
        if not changed:
            row.refresh_from_db()
            raise Conflict(f"not_{'cancellable' if action == 'cancel' else 'retryable'}", _why_not(row, action))
        row = self.find(workflow_id)
        body = workflow_resource(row, with_jobs=self.kind is Kind.WORKFLOW)
        return Response(body | {"changed": len(changed)}, status=202)

    def find(self, workflow_id: str) -> Workflow:
        row = reads.find(self.caller, workflow_id, kind=self.kind)
        if row is None:
            raise NotFound(str(self.kind))
        return row


class BatchView(WorkflowView):
    kind = Kind.BATCH

    @documented("One batch", about="With its jobs where `include` asks.", query=[INCLUDE], answers={200: shapes.Batch})
    def get(self, request: Request, workflow_id: str) -> Response:
        return super().get(request, workflow_id)

    @documented(
        "Cancel or retry a batch",
        query=[ACTION],
        answers={202: shapes.ChangedBatch},
        conflicts=["not_cancellable", "not_retryable"],
    )
    def delete(self, request: Request, workflow_id: str) -> Response:
        return super().delete(request, workflow_id)


def listing(view: ApiView, request: Request, kind: Kind) -> Response:
    params = Params(request.query_params)
    wanted = reads.Search(
        kind=kind,
        status=params.parsed("status", _status, STATUS_WORDS),
        name=params.text("name"),
        user_id=params.text("userId"),
        tenant_id=params.text("tenantId"),
        created_after=params.when("createdAfter"),
        created_before=params.when("createdBefore"),
    )
    limit, offset = page(params)
    params.done()
    rows = list(reads.search(view.caller, wanted)[offset : offset + limit + 1])
    return Response(
        {
            "limit": limit,
            "offset": offset,
            "count": len(rows[:limit]),
            "hasMore": len(rows) > limit,
            "workflows" if kind is Kind.WORKFLOW else "batches": summaries(rows[:limit]),
        }
    )


def _status(word: str) -> str:
    return str(WorkflowStatus(word))


def _identity(body: Mapping[str, Any]) -> tuple[str | None, str]:
    problems = {}
    workflow_id, name = body.get("id"), body.get("name")
    if workflow_id is not None:
        try:
            workflow_id = parse_options({"jobId": workflow_id}).job_id
        except InvalidPayload as error:
            problems["id"] = error.fields["options.jobId"]
    if name is not None and not (isinstance(name, str) and 0 < len(name.strip()) <= 200):
        problems["name"] = "must be a text of 1 to 200 characters"
    if problems:
        raise Invalid(problems)
    return workflow_id, (name or "").strip()


def _why_not(row: Workflow, action: str) -> str:
    if action == "cancel":
        state = f"is {row.status}" if row.status in ENDED else "is being cancelled already"
        return f"The {row.kind} {state}; only one that has jobs left to stop can be cancelled."
    return f"No job of the {row.kind} has failed or was cancelled, or their data is no longer kept."
