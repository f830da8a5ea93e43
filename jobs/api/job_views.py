"""One job: its resource, and what may be done to it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from .. import actions, reads
from ..direct import run_here
from ..health import redis_answers
from ..models import Job
from ..reads import with_facts
from ..resource import history_of, job_resource, log_of
from ..shapes import job as shapes
from ..states import READY, TERMINAL, Status
from .base import READ_OWNED, WRITE_OWNED, ApiView, Need
from .openapi.declaring import choice, documented, flag, words
from .params import Params
from .problems import Conflict, Invalid, NotFound

ACTIONS = ("remove", "retry", "cancel")
PARTS = ("attempts", "log")


class JobView(ApiView):
    needs: ClassVar[Mapping[str, Need]] = {"GET": READ_OWNED, "DELETE": WRITE_OWNED}

    @documented(
        "One job",
        about="202 until the job has ended, then 200. `explanation` says why it is not running.",
        query=[words("include", "attempts adds attemptHistory, log the last lines.", known=PARTS, most=10)],
        answers={200: shapes.WholeJob, 202: shapes.WholeJob},
        headers={"Retry-After": "Seconds until it is worth asking again; while it has not ended."},
    )
    def get(self, request: Request, job_id: str) -> Response:
        parts = _parts(request.query_params)
        job = self.find(job_id)
        body = self.resource(job)
        if "attempts" in parts:
            body["attemptHistory"] = history_of(job, for_admin=self.caller.is_admin)
        if "log" in parts:
            body["log"] = log_of(job)
        over = body["status"] in TERMINAL
        return Response(body, status=200 if over else 202, headers={} if over else {"Retry-After": "2"})

    @documented(
        "Remove, retry or cancel a job",
        about="remove: 200, a running job with `force=true` only. retry: 202, failed and cancelled jobs, dead ones "
        "with `force=true`. cancel: 200 where it had not started, 202 while it is being stopped.",
        query=[choice("action", ACTIONS, default="remove"), flag("force")],
        answers={200: shapes.RemovedJob | shapes.Job, 202: shapes.Job},
        conflicts=["job_active", "not_retryable", "not_cancellable"],
    )
    def delete(self, request: Request, job_id: str) -> Response:
        params = Params(request.query_params)
        action = params.text("action") or "remove"
        force = params.flag("force")
        if action not in ACTIONS:
            params.problems["action"] = f"must be one of {', '.join(ACTIONS)}"
        params.done()
        job = self.find(job_id)
        if action == "retry":
            return self.retry(job, force=force)
        if action == "cancel":
            return self.cancel(job)
        return self.remove(job, force=force)

    # --- The three actions --------------------------------------------------------------------
    def remove(self, job: Job, *, force: bool) -> Response:
        removed = actions.remove(jobs=[job], by=self.caller, force=force, request_id=self.request_id)
        if not removed:
            self.find(job.public_id)
            raise Conflict(
                "job_active", "The job is running; cancel it first, or add force=true to stop and remove it."
            )
        return Response({"id": job.public_id, "action": "remove", "removed": True})

    def retry(self, job: Job, *, force: bool) -> Response:
        changed = actions.retry(jobs=[job], by=self.caller, force=force, request_id=self.request_id)
        if not changed:
            raise Conflict("not_retryable", _why_not_retryable(self.find(job.public_id), force=force))
        if not settings.USE_QUEUE_PROCESSING:
            run_here(job.id, job.queue)
        return self.answer(job, status=202)

    def cancel(self, job: Job) -> Response:
        changed = actions.cancel(jobs=[job], by=self.caller, request_id=self.request_id)
        if not changed:
            status = self.find(job.public_id).status
            raise Conflict("not_cancellable", f"The job is {status}; only jobs that have not ended can be cancelled.")
        stopping = changed[0].status is Status.ACTIVE
        return self.answer(job, status=202 if stopping else 200)

    # --- Shared -------------------------------------------------------------------------------
    def find(self, job_id: str) -> Job:
        job = reads.find(self.caller, job_id)
        if job is None:
            raise NotFound("job")
        return job

    def resource(self, job: Job) -> dict[str, Any]:
        found = with_facts(job.id)
        if found is None:
            raise NotFound("job")
        fresh, facts = found
        reachable = redis_answers() if Status(fresh.status) in READY else None
        return job_resource(fresh, facts, redis_reachable=reachable)

    def answer(self, job: Job, *, status: int) -> Response:
        return Response(self.resource(job), status=status, headers={"Retry-After": "2"} if status == 202 else {})


def _parts(given: Mapping[str, Any]) -> frozenset[str]:
    parts = Params(given).listed("include", most=10)
    if unknown := set(parts) - set(PARTS):
        raise Invalid({"include": f"{min(unknown)[:60]!r} is not known; include any of {', '.join(PARTS)}"})
    return frozenset(parts)


def _why_not_retryable(job: Job, *, force: bool) -> str:
    if job.archived:
        return "The job's data is no longer kept, so it cannot run again."
    if job.status == Status.DEAD and not force:
        return "The job is dead; add force=true to run it again all the same."
    return f"The job is {job.status}; only failed, dead and cancelled jobs can be retried."
