"""The jobs that carry alerts and digests of failures to their receivers."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ..errors import ErrorClass, JobError
from ..payloads import Payload
from ..policy import exponential
from ..registry import job_type
from ..running import RunningJob
from ..webhooks.transport import Transport
from . import channels, digests, mail

#: Ten attempts, the last about a day after the first.
_ATTEMPTS, _BACKOFF = 10, exponential(seconds=90)


class AlertEmail(Payload):
    notice: str
    alert: dict[str, Any]
    to: str


class ReceiverRefused(JobError):
    """The webhook receiver gave another answer than 2xx, or none. Waiting may help."""

    error_class = ErrorClass.NETWORK_ERROR
    code = "receiver_refused"


class AlertWebhook(Payload):
    notice: str
    alert: dict[str, Any]


class Digest(Payload):
    """since, until: ISO 8601.

    owner: the user whose jobs are told of; None for a configured recipient, who hears of all.
    """

    queue: str
    since: str
    until: str
    to: str
    owner: str | None = None


@job_type(channels.EMAIL_TYPE, queue="default", payload=AlertEmail, attempts=_ATTEMPTS, backoff=_BACKOFF, internal=True)
def alert_email(payload: AlertEmail, job: RunningJob) -> dict[str, Any]:
    alert = payload.alert
    subject = f"[Quarry] {payload.notice}: {alert['message']}"
    mail.send(to=payload.to, subject=subject, template="alert", context={"alert": alert, "notice": payload.notice})
    return {"to": payload.to}


@job_type(
    channels.WEBHOOK_TYPE, queue="default", payload=AlertWebhook, attempts=_ATTEMPTS, backoff=_BACKOFF, internal=True
)
def alert_webhook(payload: AlertWebhook, job: RunningJob) -> dict[str, Any]:
    # The operator's own address, often inside the network: private ones are allowed, unlike to users' webhooks.
    transport: Transport = import_string(settings.WEBHOOK_TRANSPORT)(allow_private=True, ports=settings.WEBHOOK_PORTS)
    body = json.dumps({"type": f"alert.{payload.notice.replace(' ', '_')}", "data": payload.alert}).encode()
    answer = transport.post(settings.ALERT_WEBHOOK_URL, headers={"content-type": "application/json"}, body=body)
    if answer.status is None or not 200 <= answer.status < 300:
        raise ReceiverRefused(f"ALERT_WEBHOOK_URL: {answer.problem or f'the receiver answered {answer.status}'}")
    return {"status": answer.status}


@job_type(digests.TYPE, queue="default", payload=Digest, attempts=_ATTEMPTS, backoff=_BACKOFF, internal=True)
def failure_digest(payload: Digest, job: RunningJob) -> dict[str, Any]:
    since, until = datetime.fromisoformat(payload.since), datetime.fromisoformat(payload.until)
    failures = digests.failures(queue=payload.queue, since=since, until=until, user_id=payload.owner)
    if failures.number:
        mail.send(
            to=payload.to,
            subject=f"[Quarry] {failures.number} failed in {payload.queue}",
            template="failures",
            context={"queue": payload.queue, "failures": failures, "own": payload.owner is not None},
        )
    return {"to": payload.to, "failures": failures.number}
