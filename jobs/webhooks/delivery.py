"""The `webhook` job: one signed POST to each endpoint that the message is still owed to, each recorded."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from .. import registry
from ..errors import ApiError, ErrorClass, InvalidInput, JobError
from ..retry_after import retry_after_seconds
from ..running import RunningJob
from . import endpoints, signing
from .messages import body_of
from .models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from .transport import Exchanged, transport

USER_AGENT = "Quarry-Webhooks/1"
#: Characters of an answer's body that are kept.
EXCERPT = 2000
#: Answers that say "later" rather than "no".
_AWAY = frozenset({408, 502, 503, 504})


class DeliveryFailed(JobError):
    """The receiver did not take the message. Waiting may help."""

    code = "delivery_failed"


class Gone(ApiError):
    """The receiver answered 410: it wants no messages any more."""

    code = "endpoint_gone"


def deliver(
    *, tenant_id: str, message_id: str, event_type: str, endpoint_id: str | None, job: RunningJob
) -> dict[str, Any]:
    """Send the message to the named endpoint, or to all that are subscribed. Returns the job's result.

    Raises InvalidInput for a message or endpoint that the tenant does not have, Gone after a 410, and
    DeliveryFailed while an attempt may still succeed; what did take the message is not sent it again.
    """
    message = _message(tenant_id, message_id, event_type)
    failures: list[JobError] = []
    owed = _owed(message, endpoint_id, job)
    for number, endpoint in enumerate(owed, 1):
        job.check()
        job.progress(100 * number / (len(owed) + 1), f"endpoint {number} of {len(owed)}")
        delivery, answer = _attempt(message, endpoint, job)
        # People put keys into queries; the log is read by more people than the endpoint's page.
        host = delivery.url.partition("?")[0]
        job.log(f"{host}: {delivery.status_code or delivery.error_code} after {delivery.duration_ms} ms")
        if not delivery.succeeded:
            failures.append(_failure(delivery, answer, endpoint, job))
    if failures:
        raise next((error for error in failures if not isinstance(error, Gone)), failures[0])
    return _result(message, job)


def _message(tenant_id: str, message_id: str, event_type: str) -> WebhookMessage:
    message = WebhookMessage.objects.filter(public_id=message_id, tenant_id=tenant_id).first()
    if message is None:
        raise InvalidInput(f"messageId: the organisation has no message {message_id}", code="unknown_message")
    if message.event_type != event_type:
        raise InvalidInput(f"eventType: the message is a {message.event_type}", code="wrong_event_type")
    return message


def _owed(message: WebhookMessage, endpoint_id: str | None, job: RunningJob) -> list[WebhookEndpoint]:
    """Endpoints that this job has not delivered to yet."""
    done = set(WebhookDelivery.objects.filter(job_key=job.key, succeeded=True).values_list("endpoint_id", flat=True))
    if endpoint_id is None:
        wanted = list(endpoints.subscribed(message.tenant_id, message.event_type))
        if message.callback_url:
            wanted.append(endpoints.callbacks_of(message.tenant_id))
    else:
        wanted = [_endpoint(message.tenant_id, endpoint_id)]
    return [endpoint for endpoint in wanted if endpoint.pk not in done]


def _endpoint(tenant_id: str, endpoint_id: str) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.filter(public_id=endpoint_id, tenant_id=tenant_id).first()
    if endpoint is None:
        raise InvalidInput(f"endpointId: the organisation has no endpoint {endpoint_id}", code="unknown_endpoint")
    if not endpoint.active:
        raise ApiError("the endpoint is disabled; enable it and retry the job", code="endpoint_inactive")
    return endpoint


def _attempt(message: WebhookMessage, endpoint: WebhookEndpoint, job: RunningJob) -> tuple[WebhookDelivery, Exchanged]:
    """One POST and its record. The record is written whatever becomes of the job."""
    at = datetime.now(UTC)
    url = endpoint.url or message.callback_url or ""
    body = json.dumps(body_of(message), ensure_ascii=False, separators=(",", ":")).encode()
    delivery = WebhookDelivery(
        public_id=endpoints.new_id("whd"),
        message=message,
        endpoint=endpoint,
        tenant_id=message.tenant_id,
        url=url,
        job_key=job.key,
        job_id=job.id,
        attempt=job.attempts_made,
        sent_at=at,
    )
    delivery.request_headers = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-event": message.event_type,
        "webhook-delivery": delivery.public_id,
        **signing.headers(
            endpoints.valid_secrets(endpoint, at),
            message_id=message.public_id,
            timestamp=int(at.timestamp()),
            body=body,
        ),
    }
    answer = transport().post(url, headers=delivery.request_headers, body=body)
    _describe(delivery, answer)
    delivery.save()
    return delivery, answer


def _describe(delivery: WebhookDelivery, answer: Exchanged) -> None:
    status = answer.status
    delivery.status_code = status
    delivery.duration_ms = answer.duration_ms
    delivery.succeeded = status is not None and 200 <= status < 300
    if status is not None:
        delivery.response_excerpt = _excerpt(answer)
    if not delivery.succeeded:
        delivery.error_code, delivery.error = _problem(answer)


def _problem(answer: Exchanged) -> tuple[str, str]:
    status = answer.status
    if status is None:
        return (answer.code or "failed")[:40], (answer.problem or "no answer")[:500]
    if status == 410:
        return "gone", "the receiver answered 410: it wants no messages any more"
    if 300 <= status < 400:
        return "redirected", f"the receiver answered {status}; redirects are not followed, so change the URL"
    return "refused", f"the receiver answered {status}"


def _excerpt(answer: Exchanged) -> str:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        return f"({len(answer.body)} bytes of {encoding[:20]}, not decoded)"
    text = answer.body[: EXCERPT * 4].decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text[:EXCERPT] + ("…" if answer.cut or len(text) > EXCERPT else "")


def _failure(delivery: WebhookDelivery, answer: Exchanged, endpoint: WebhookEndpoint, job: RunningJob) -> JobError:
    if answer.status == 410:
        endpoints.disable_gone(endpoint)
        return Gone(delivery.error)
    error = DeliveryFailed(delivery.error, code=delivery.error_code)
    asked = _asked_wait(answer.status, answer.headers)
    if answer.status == 429 or asked is not None:
        # Never sooner than the schedule: ten attempts in ten seconds would give the message up.
        error.error_class = ErrorClass.RATE_LIMIT
        scheduled = registry.get(job.type).backoff.wait_ms(job.attempts_made - 1) / 1000
        error.retry_after = max(asked or 0.0, scheduled)
    elif answer.status is None or answer.status in _AWAY:
        error.error_class = ErrorClass.NETWORK_ERROR
    return error


def _asked_wait(status: int | None, headers: Mapping[str, str]) -> float | None:
    if status not in {429, 503}:
        return None
    return retry_after_seconds(headers.get("retry-after"), now=datetime.now(UTC))


def _result(message: WebhookMessage, job: RunningJob) -> dict[str, Any]:
    sent = WebhookDelivery.objects.filter(job_key=job.key).order_by("id")
    last = sent.last()
    return {
        "messageId": message.public_id,
        "statusCode": last.status_code if last else None,
        "durationMs": last.duration_ms if last else 0,
        "attempts": sent.count(),
    }
