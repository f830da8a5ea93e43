"""/api/webhooks: endpoints and their secrets. For tenant admins and admins."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.roles import JOBS_READ, JOBS_WRITE, Role

from ..payloads import InvalidPayload
from ..shapes import requests as bodies
from ..shapes import webhook as shapes
from ..webhooks import endpoints, reading
from ..webhooks.models import WebhookEndpoint
from ..webhooks.resource import endpoint_resource
from .base import ApiView, Need
from .listing import PAGING, page
from .openapi.declaring import TENANT, documented
from .params import Params, fields_of
from .problems import Conflict, Invalid, NotFound
from .tenants import tenant_of

SEE = Need(scope=JOBS_READ, role=Role.TENANT_ADMIN)
ACT = Need(scope=JOBS_WRITE, role=Role.TENANT_ADMIN)
FIELDS = ("url", "events", "active", "description")


def find_endpoint(caller: Caller, endpoint_id: str) -> WebhookEndpoint:
    endpoint = endpoints.visible(caller).filter(public_id=endpoint_id).first()
    if endpoint is None:
        raise NotFound("webhook")
    return endpoint


def one_endpoint(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return endpoint_resource(endpoint, reading.summaries([endpoint.pk]).get(endpoint.pk))


class WebhooksView(ApiView):
    """GET the endpoints, POST a new one."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": SEE, "POST": ACT}

    @documented("The endpoints", query=[TENANT, *PAGING], answers={200: shapes.Webhooks})
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        limit, offset = page(params)
        tenant_id = params.text("tenantId")
        params.done()
        found = endpoints.visible(self.caller).order_by("id")
        if tenant_id:
            found = found.filter(tenant_id=tenant_id)
        rows = list(found[offset : offset + limit])
        seen = reading.summaries(row.pk for row in rows)
        shown = [endpoint_resource(row, seen.get(row.pk)) for row in rows]
        return Response(
            {"limit": limit, "offset": offset, "count": len(rows), "total": found.count(), "webhooks": shown}
        )

    @documented(
        "Make an endpoint",
        body=bodies.NewWebhook,
        answers={201: shapes.MadeWebhook},
        conflicts=["too_many_endpoints"],
        headers={"Location": "Of the endpoint."},
        examples={"ends of jobs": {"url": "https://example.com/hooks", "events": ["job.completed", "job.failed"]}},
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, (*FIELDS, "tenantId"))
        tenant = body.pop("tenantId", None)
        problems = {name: "is required" for name in ("url", "events") if body.get(name) is None}
        try:
            values = endpoints.checked_values({name: value for name, value in body.items() if value is not None})
        except InvalidPayload as error:
            raise Invalid(problems | error.fields) from None
        if problems:
            raise Invalid(problems)
        try:
            made = endpoints.create(
                tenant_id=tenant_of(self.caller, tenant), values=values, by=self.caller, request_id=self.request_id
            )
        except endpoints.TooManyEndpoints as error:
            raise Conflict(error.code, str(error)) from None
        location = {"Location": f"/api/webhooks/{made.endpoint.public_id}"}
        return Response(endpoint_resource(made.endpoint) | {"secret": made.secret}, status=201, headers=location)


class WebhookView(ApiView):
    """GET, PATCH and DELETE one endpoint."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": SEE, "PATCH": ACT, "DELETE": ACT}

    @documented("One endpoint", answers={200: shapes.Webhook})
    def get(self, request: Request, endpoint_id: str) -> Response:
        return Response(one_endpoint(find_endpoint(self.caller, endpoint_id)))

    @documented(
        "Change an endpoint",
        body=bodies.WebhookPatch,
        answers={200: shapes.Webhook},
        examples={"switch off": {"active": False}},
    )
    def patch(self, request: Request, endpoint_id: str) -> Response:
        endpoint = find_endpoint(self.caller, endpoint_id)
        values = endpoints.checked_values(fields_of(request.data, FIELDS))
        changed = endpoints.change(endpoint=endpoint, values=values, by=self.caller, request_id=self.request_id)
        return Response(one_endpoint(changed))

    @documented("Remove an endpoint", answers={204: None})
    def delete(self, request: Request, endpoint_id: str) -> Response:
        endpoint = find_endpoint(self.caller, endpoint_id)
        endpoints.remove(endpoint=endpoint, by=self.caller, request_id=self.request_id)
        return Response(status=204)


class RotateView(ApiView):
    """POST: a new secret, shown this once; the one before signs for another day."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": ACT}

    @documented(
        "A new secret",
        about="Shown this once; the one before signs for another day.",
        body=bodies.Empty,
        body_required=False,
        answers={200: shapes.RotatedSecret},
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        fields_of(request.data, ())
        endpoint = find_endpoint(self.caller, endpoint_id)
        issued = endpoints.rotate(endpoint=endpoint, by=self.caller, request_id=self.request_id)
        return Response({"id": endpoint.public_id, "secret": issued.secret, "overlapSeconds": _overlap()})


class CallbackSecretView(ApiView):
    """The secret that signs deliveries to jobs' own `webhookUrl`. GET shows it, POST rotates it."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": SEE, "POST": ACT}

    @documented("The secret that signs calls of `webhookUrl`", query=[TENANT], answers={200: shapes.CallbackSecret})
    def get(self, request: Request) -> Response:
        endpoint = endpoints.callbacks_of(self._tenant(request.query_params.get("tenantId")))
        return Response({"tenantId": endpoint.tenant_id, "secret": endpoints.current_secret(endpoint).secret})

    @documented(
        "Rotate that secret",
        body=bodies.OfTenant,
        body_required=False,
        answers={200: shapes.RotatedCallbackSecret},
    )
    def post(self, request: Request) -> Response:
        tenant_id = self._tenant(fields_of(request.data, ("tenantId",)).get("tenantId"))
        endpoint = endpoints.callbacks_of(tenant_id)
        issued = endpoints.rotate(endpoint=endpoint, by=self.caller, request_id=self.request_id)
        return Response({"tenantId": tenant_id, "secret": issued.secret, "overlapSeconds": _overlap()})

    def _tenant(self, given: Any) -> str:
        return tenant_of(self.caller, given)


def _overlap() -> int:
    return round(endpoints.OVERLAP.total_seconds())
