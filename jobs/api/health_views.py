"""Probes for machines, and the state of the whole for people who may know."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, JsonResponse
from rest_framework.request import Request
from rest_framework.response import Response

from .. import health, reads
from ..policy import business_queues
from ..shapes.queue import Health
from ..stuck import StuckJob, stuck_jobs
from ..views_of_state import paused_queues
from .base import READ, ApiView, Need
from .openapi.declaring import documented
from .statistics import now, with_total
from .worker_views import worker_group


def healthz(request: HttpRequest) -> JsonResponse:
    """The process serves. Asks nobody else, so that a database's trouble restarts no web server."""
    return _uncached(JsonResponse({"status": "ok"}))


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and Redis do their part, else 503 with the part and its cure."""
    found = health.checks()
    ready = all(check.ok for check in found)
    body = {"status": "ready" if ready else "unready", "checks": {check.name: check.problem or "ok" for check in found}}
    return _uncached(JsonResponse(body, status=200 if ready else 503))


def _uncached(answer: JsonResponse) -> JsonResponse:
    answer["Cache-Control"] = "no-store"
    return answer


class HealthView(ApiView):
    """GET /api/health"""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("The state of the whole", answers={200: Health})
    def get(self, request: Request) -> Response:
        found, paused = health.workers(), paused_queues()
        redis_problem, scheduler_problem = health.redis_problem(), health.scheduler_problem()
        stuck = stuck_jobs()
        groups = {
            rules.name: worker_group(
                rules.name, found, paused=rules.name in paused, for_admin=self.caller.is_admin, detail=False
            )
            for rules in business_queues()
        }
        staffed = sum(group["isRunning"] for group in groups.values())
        numbers = reads.counts(self.caller)
        body: dict[str, Any] = {
            "status": health.verdict(
                problem=redis_problem,
                staffed=staffed,
                queues=len(groups),
                impaired=scheduler_problem is not None or bool(stuck),
            ),
            "database": "ok",
            "redis": redis_problem or "ok",
            "scheduler": scheduler_problem or "ok",
            "stuckJobs": self._shown(stuck),
            "workers": groups,
            "queues": {name: with_total(numbers[name]) for name in groups},
            "timestamp": now(),
        }
        return Response(body)

    def _shown(self, stuck: list[StuckJob]) -> list[dict[str, Any]]:
        """Those of the caller's jobs that are active longer than they may be."""
        mine = reads.visible(self.caller).filter(public_id__in=[job.public_id for job in stuck])
        allowed = set(mine.values_list("public_id", flat=True)) if stuck else set()
        return [
            {"id": job.public_id, "queue": job.queue, "type": job.type, "activeSeconds": round(job.active_seconds)}
            for job in stuck
            if job.public_id in allowed
        ]
