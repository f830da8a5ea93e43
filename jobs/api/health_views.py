"""Probes for machines, and the state of the whole for people who may know."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from .. import health, reads
from ..policy import business_queues
from ..views_of_state import paused_queues
from .base import READ, ApiView, Need
from .statistics import now, with_total
from .worker_views import worker_group


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process serves. Asks nobody else, so that a database's trouble restarts no web server."""
    return _uncached(JsonResponse({"status": "ok"}))


@require_safe
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

    def get(self, request: Request) -> Response:
        found, paused = health.workers(), paused_queues()
        redis_problem = health.redis_problem()
        groups = {
            rules.name: worker_group(
                rules.name, found, paused=rules.name in paused, for_admin=self.caller.is_admin, detail=False
            )
            for rules in business_queues()
        }
        staffed = sum(group["isRunning"] for group in groups.values())
        numbers = reads.counts(self.caller)
        body: dict[str, Any] = {
            "status": health.verdict(problem=redis_problem, staffed=staffed, queues=len(groups)),
            "database": "ok",
            "redis": redis_problem or "ok",
            "workers": groups,
            "queues": {name: with_total(numbers[name]) for name in groups},
            "timestamp": now(),
        }
        return Response(body)
