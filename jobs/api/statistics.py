"""Counts and figures per queue, limited to what the caller may see."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller

from .. import performance, reads
from ..policy import policies
from ..shapes import queue as shapes
from ..timestamps import iso
from ..views_of_state import Counts, paused_queues
from .base import METRICS, READ, ApiView, Need
from .openapi.declaring import documented, flag
from .params import Params

INTERNAL = flag("includeInternal", "Shows the housekeeping queue too; for admins.")


def now() -> str:
    return iso(datetime.now(UTC))


def shown_queues(caller: Caller, given: Mapping[str, Any]) -> list[str]:
    """The business queues; with includeInternal=true, which is for admins, the internal one too."""
    params = Params(given)
    internal = params.flag("includeInternal")
    params.done()
    if internal and not caller.is_admin:
        raise PermissionDenied("The internal queue is for admins; leave includeInternal out.")
    return [name for name, rules in policies().items() if internal or not rules.internal]


def with_total(numbers: Counts) -> Counts:
    return {**numbers, "total": reads.total(numbers)}


def counts_by_name(caller: Caller, given: Mapping[str, Any]) -> dict[str, Any]:
    queues = shown_queues(caller, given)
    numbers = reads.counts(caller)
    shown = {name: with_total(numbers[name]) for name in queues}
    return {
        "totalJobs": sum(entry["total"] for entry in shown.values()),
        "queues": shown,
        "timestamp": now(),
    }


class StatsView(ApiView):
    """The same counts as a list, with the pause flag."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": READ}

    @documented("The counts as a list", query=[INTERNAL], answers={200: shapes.Statistics})
    def get(self, request: Request) -> Response:
        queues = shown_queues(self.caller, request.query_params)
        numbers, paused = reads.counts(self.caller), paused_queues()
        entries = [{"queue": name, **with_total(numbers[name]), "isPaused": name in paused} for name in queues]
        return Response({"queues": entries})


class MetricsView(ApiView):
    """The same counts with what the queues achieve."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": METRICS}

    @documented("What the queues achieve", query=[INTERNAL], answers={200: shapes.Metrics})
    def get(self, request: Request) -> Response:
        queues = shown_queues(self.caller, request.query_params)
        metrics = performance.queue_metrics(self.caller)
        return Response({"metrics": {name: metrics[name] for name in queues}, "timestamp": now()})
