"""GET /metrics: for admins, and for a service's token with the scope metrics:read."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from .. import prometheus
from .base import METRICS, ApiView, Need


class PrometheusView(ApiView):
    """Sums over all tenants, without ids or payloads.

    The scope alone is not enough: any viewer may put it on a token of their own, where it means their
    own jobs. Services get their tokens from admins.
    """

    needs: ClassVar[Mapping[str, Need]] = {"GET": METRICS}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (self.caller.is_admin or self.caller.is_service):
            raise PermissionDenied(
                "The metrics of all organisations are for admins and for services' tokens; "
                "those of your own jobs are at /api/jobs/metrics."
            )
        return HttpResponse(prometheus.exposition(), content_type=CONTENT_TYPE_LATEST)
