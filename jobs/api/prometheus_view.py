"""GET /metrics: for an admin's session, or any bearer token with the scope metrics:read."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.authentication import BearerAuthentication

from .. import prometheus
from .base import METRICS, ApiView, Need


class PrometheusView(ApiView):
    """Sums over all tenants, without ids or payloads. A session shows them to admins only."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": METRICS}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.caller.is_admin and not isinstance(request.successful_authenticator, BearerAuthentication):
            raise PermissionDenied("The metrics of the whole are for admins, and for tokens with metrics:read.")
        return HttpResponse(prometheus.exposition(), content_type=CONTENT_TYPE_LATEST)
