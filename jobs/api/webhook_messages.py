"""/api/webhooks/messages and deliveries: what is sent, to whom, and how it went. For tenant admins and admins."""

from collections.abc import Mapping
from typing import ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from ..resource import poll_url
from ..shapes import requests as bodies
from ..shapes import webhook as shapes
from ..webhooks import messages
from ..webhooks.models import WebhookDelivery
from ..webhooks.resource import delivery_resource, message_resource
from .base import ApiView, Need
from .listing import PAGING, page
from .openapi.declaring import documented, flag, text
from .params import Params, fields_of
from .problems import Conflict, NotFound
from .tenants import tenant_of
from .webhook_views import ACT, SEE, find_endpoint


def published(made: messages.Published, status: int = 202) -> Response:
    jobs = [{"id": job.id, "pollUrl": poll_url(job.id)} for job in made.jobs]
    return Response({"message": message_resource(made.message), "count": len(jobs), "jobs": jobs}, status=status)


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
