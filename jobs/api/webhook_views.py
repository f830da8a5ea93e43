"""/api/webhooks: endpoints, their secrets, messages and deliveries. For tenant admins and admins."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.callers import Caller
from accounts.models import Organisation
from accounts.roles import JOBS_READ, JOBS_WRITE, Role

from ..payloads import InvalidPayload
from ..resource import poll_url
from ..shapes import requests as bodies
from ..shapes import webhook as shapes
from ..submission import Refused
from ..webhooks import endpoints, messages, reading
from ..webhooks.models import WebhookDelivery, WebhookEndpoint
from ..webhooks.resource import delivery_resource, endpoint_resource, message_resource
from .base import ApiView, Need
from .listing import PAGING, page
from .openapi.declaring import TENANT, documented, flag, text
from .params import Params, fields_of
from .problems import Conflict, Invalid, NotFound

SEE = Need(scope=JOBS_READ, role=Role.TENANT_ADMIN)
ACT = Need(scope=JOBS_WRITE, role=Role.TENANT_ADMIN)
FIELDS = ("url", "events", "active", "description")


def find_endpoint(caller: Caller, endpoint_id: str) -> WebhookEndpoint:
    endpoint = endpoints.visible(caller).filter(public_id=endpoint_id).first()
    if endpoint is None:
        raise NotFound("webhook")
    return endpoint


def tenant_of(caller: Caller, given: Any) -> str:
    """The tenant a body names, else the caller's. Raises Invalid, or Refused for one that is not theirs."""
    tenant_id = given if given is not None else caller.tenant_id
    if tenant_id is None:
        raise Invalid({"tenantId": "is required: you belong to no organisation"})
    if not isinstance(tenant_id, str):
        raise Invalid({"tenantId": "must be a text"})
    if not caller.may_use_tenant(tenant_id):
        raise Refused("You do not belong to that tenant; leave tenantId out or name one of yours.")
    if given is not None and caller.is_admin and not Organisation.objects.filter(slug=tenant_id).exists():
        raise Invalid({"tenantId": "names no organisation"})
    return tenant_id


def one_endpoint(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return endpoint_resource(endpoint, reading.summaries([endpoint.pk]).get(endpoint.pk))


def published(made: messages.Published, status: int = 202) -> Response:
    jobs = [{"id": job.id, "pollUrl": poll_url(job.id)} for job in made.jobs]
    return Response({"message": message_resource(made.message), "count": len(jobs), "jobs": jobs}, status=status)


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


class TestView(ApiView):
    """POST: a test message to this endpoint alone."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": ACT}

    @documented(
        "Send a test message",
        body=bodies.Empty,
        body_required=False,
        answers={202: shapes.Published},
        conflicts=["endpoint_inactive"],
    )
    def post(self, request: Request, endpoint_id: str) -> Response:
        fields_of(request.data, ())
        endpoint = find_endpoint(self.caller, endpoint_id)
        try:
            return published(messages.send_test(endpoint=endpoint, by=self.caller, request_id=self.request_id))
        except messages.EndpointInactive as error:
            raise Conflict(error.code, str(error)) from None


class MessagesView(ApiView):
    """GET the messages, POST a new one to all endpoints that are subscribed to its type."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": SEE, "POST": ACT}

    @documented("The messages", query=[text("eventType"), *PAGING], answers={200: shapes.Messages})
    def get(self, request: Request) -> Response:
        params = Params(request.query_params)
        limit, offset = page(params)
        event_type = params.text("eventType")
        params.done()
        found = messages.visible(self.caller).order_by("-id")
        if event_type:
            found = found.filter(event_type=event_type)
        rows = list(found[offset : offset + limit + 1])
        return Response(
            {
                "limit": limit,
                "offset": offset,
                "count": len(rows[:limit]),
                "hasMore": len(rows) > limit,
                "messages": [message_resource(row) for row in rows[:limit]],
            }
        )

    @documented(
        "Tell all endpoints that are subscribed",
        body=bodies.NewMessage,
        answers={202: shapes.Published},
        examples={"a batch": {"eventType": "calc.batch.completed", "data": {"batchId": "2026-11"}}},
    )
    def post(self, request: Request) -> Response:
        body = fields_of(request.data, ("eventType", "data", "tenantId"))
        return published(
            messages.publish(
                tenant_id=tenant_of(self.caller, body.get("tenantId")),
                event_type=body.get("eventType") or "",
                data=body.get("data", {}),
                by=self.caller,
                request_id=self.request_id,
            )
        )


class DeliveriesView(ApiView):
    """GET attempts, newest first: of one endpoint, or of all."""

    needs: ClassVar[Mapping[str, Need]] = {"GET": SEE}

    @documented(
        "Attempts to deliver, the newest first",
        query=[text("messageId"), flag("failed"), *PAGING],
        answers={200: shapes.Deliveries},
    )
    def get(self, request: Request, endpoint_id: str | None = None) -> Response:
        params = Params(request.query_params)
        limit, offset = page(params)
        message_id = params.text("messageId")
        failed_only = params.flag("failed")
        params.done()
        found = messages.visible_deliveries(self.caller).order_by("-id")
        if endpoint_id is not None:
            found = found.filter(endpoint=find_endpoint(self.caller, endpoint_id))
        if message_id:
            found = found.filter(message__public_id=message_id)
        if failed_only:
            found = found.filter(succeeded=False)
        rows: list[WebhookDelivery] = list(found[offset : offset + limit + 1])
        return Response(
            {
                "limit": limit,
                "offset": offset,
                "count": len(rows[:limit]),
                "hasMore": len(rows) > limit,
                "deliveries": [delivery_resource(row) for row in rows[:limit]],
            }
        )


class ResendView(ApiView):
    """POST: the delivery's message to its endpoint again."""

    needs: ClassVar[Mapping[str, Need]] = {"POST": ACT}

    @documented(
        "Send a message again",
        body=bodies.Empty,
        body_required=False,
        answers={202: shapes.Published},
        conflicts=["endpoint_inactive"],
    )
    def post(self, request: Request, delivery_id: str) -> Response:
        fields_of(request.data, ())
        delivery = messages.visible_deliveries(self.caller).filter(public_id=delivery_id).first()
        if delivery is None:
            raise NotFound("delivery")
        try:
            return published(messages.resend(delivery=delivery, by=self.caller, request_id=self.request_id))
        except messages.EndpointInactive as error:
            raise Conflict(error.code, str(error)) from None


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
