"""The webhook job: what receivers get, what is recorded, and when it is tried again."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from jobs.models import Attempt, Event, Job, LogLine
from jobs.testing import run_again, run_job
from jobs.webhooks import endpoints, messages
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage, WebhookSecret
from jobs.webhooks.signing import new_secret
from tests.providers.receivers import Receiver, answers, receiver, takes_and_resets

from .conftest import NewEndpoint, boss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_redis_publishing")]


def publish(event: str = "calc.batch.completed", **data: object) -> messages.Published:
    return messages.publish(tenant_id="acme", event_type=event, data=data or {"batchId": "b1"}, by=boss())


def delivered(served: Receiver, number: int = 0) -> tuple[bytes, dict[str, str]]:
    return served.received[number].body, served.received[number].headers


def test_a_message_reaches_each_subscribed_endpoint_of_its_tenant_once(subscribe: NewEndpoint, globex: object) -> None:
    with receiver(answers(200)) as wanted, receiver(answers(200)) as unwanted:
        subscribe(wanted.url, "calc.batch.completed")
        subscribe(unwanted.url, "report.ready")
        subscribe(unwanted.url, "*", tenant="globex")
        job = run_again(publish().jobs[0])

        assert len(wanted.received) == 1
        assert unwanted.connections == 0
    body = json.loads(wanted.received[0].body)
    message = WebhookMessage.objects.get()
    assert set(body) == {"id", "event", "tenantId", "createdAt", "data"}
    assert (body["id"], body["event"], body["tenantId"]) == (message.public_id, "calc.batch.completed", "acme")
    assert body["data"] == {"batchId": "b1"}
    assert job.status == "completed"
    assert job.data["tenantId"] == job.tenant_id == "acme"
    assert set(job.result or {}) == {"messageId", "statusCode", "durationMs", "attempts"}
    assert (job.result["messageId"], job.result["statusCode"], job.result["attempts"]) == (message.public_id, 200, 1)


def test_progress_tells_of_each_endpoint(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as one, receiver(answers(200)) as other:
        subscribe(one.url, "*")
        subscribe(other.url, "*")
        message = publish()
        job = run_job("webhook", tenantId="acme", messageId=message.message.public_id, eventType="calc.batch.completed")

    told = Event.objects.filter(job_id=job.pk, event="progress").order_by("id").values_list("payload", flat=True)
    assert [(each["progress"], each["stage"]) for each in told] == [(33, "endpoint 1 of 2"), (66, "endpoint 2 of 2")]


def test_the_log_does_not_tell_what_a_url_has_in_its_query(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        subscribe(f"{served.url}?key=s3cr3t")
        job = run_again(publish().jobs[0])

    (line,) = LogLine.objects.filter(job_id=job.pk).values_list("text", flat=True)
    assert line.startswith(f"{served.url}: 200 after ")


def test_a_receiver_verifies_with_the_standard_library(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        secret = subscribe(served.url).secret
        run_again(publish().jobs[0])

    body, headers = delivered(served)
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    assert headers["webhook-event"] == "calc.batch.completed"
    assert headers["webhook-delivery"] == WebhookDelivery.objects.get().public_id
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"b1", b"b2"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-id": "msg_other"})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers | {"webhook-timestamp": str(int(time.time()) - 400)})
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, headers)


def test_a_rotated_secret_signs_beside_the_new_one_for_a_day_and_then_no_more(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        issued = subscribe(served.url)
        new = endpoints.rotate(endpoint=issued.endpoint, by=boss()).secret
        run_again(publish().jobs[0])
        WebhookSecret.objects.filter(secret=issued.secret).update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        run_again(publish().jobs[0])

    during, after = delivered(served, 0), delivered(served, 1)
    assert len(during[1]["webhook-signature"].split()) == 2
    Webhook(issued.secret).verify(*during)
    Webhook(new).verify(*during)
    Webhook(new).verify(*after)
    with pytest.raises(WebhookVerificationError):
        Webhook(issued.secret).verify(*after)


def test_secrets_are_as_long_as_the_specification_wants(subscribe: NewEndpoint) -> None:
    secret = subscribe("http://127.0.0.1:1/").secret

    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", secret)


def test_two_failures_and_a_success_are_one_completed_job_with_three_recorded_attempts(subscribe: NewEndpoint) -> None:
    with receiver(answers(500, 500, 200)) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])
        for _ in range(2):
            assert job.status == "delayed"
            job = run_again(job)

    assert job.status == "completed"
    assert job.result["attempts"] == 3
    deliveries = list(WebhookDelivery.objects.order_by("id"))
    assert [(d.attempt, d.status_code, d.succeeded) for d in deliveries] == [
        (1, 500, False),
        (2, 500, False),
        (3, 200, True),
    ]
    assert deliveries[0].error == "the receiver answered 500"
    assert deliveries[2].response_excerpt == "thanks"
    assert [a.next_delay_ms for a in Attempt.objects.filter(job_id=job.id).order_by("run")] == [5000, 25_000, None]


def test_ten_attempts_reach_over_three_days_and_never_come_early(subscribe: NewEndpoint) -> None:
    with receiver(answers(503)) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])
        waits = []
        while job.status == "delayed":
            waits.append((job.run_at - job.updated_at).total_seconds())
            job = run_again(job)

        assert len(served.received) == 10
        assert len({request.headers["webhook-id"] for request in served.received}) == 1
    assert job.status == "failed"
    schedule = [5, 25, 125, 625, 3125, 15_625, 78_125, 86_400, 86_400]
    assert sum(schedule) > 72 * 3600
    for wait, planned in zip(waits, schedule, strict=True):
        assert planned - 0.1 <= wait <= planned + min(planned / 10, 3600) + 0.1
    assert any(wait > planned + 0.6 for wait, planned in zip(waits[3:], schedule[3:], strict=True))


def test_a_receiver_that_resets_after_taking_gets_the_same_id_with_a_new_timestamp(subscribe: NewEndpoint) -> None:
    with receiver(takes_and_resets) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])
        # The timestamp counts whole seconds; the next one is less than a second away.
        time.sleep(1.01 - time.time() % 1)
        run_again(job)

    first, second = (request.headers for request in served.received)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(first["webhook-timestamp"]) < int(second["webhook-timestamp"])
    assert first["webhook-signature"] != second["webhook-signature"]
    assert WebhookDelivery.objects.filter(error_code="connection_failed").count() == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(subscribe: NewEndpoint, status: int, form: str) -> None:
    later = datetime.now(UTC) + timedelta(seconds=600)
    asked = "600" if form == "seconds" else format_datetime(later, usegmt=True)
    with receiver(answers(status, headers=f"Retry-After: {asked}\r\n")) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])

    assert job.status == "delayed"
    assert 597 <= (job.run_at - job.updated_at).total_seconds() <= 661
    assert job.error["type"] == "RATE_LIMIT"


def test_a_short_retry_after_does_not_use_the_attempts_up(subscribe: NewEndpoint) -> None:
    with receiver(answers(429, headers="Retry-After: 0\r\n")) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])

    assert (job.run_at - job.updated_at).total_seconds() >= 5


def test_gone_disables_the_endpoint_and_ends_the_job(subscribe: NewEndpoint) -> None:
    with receiver(answers(410)) as served:
        endpoint = subscribe(served.url).endpoint
        published = publish()
        job = run_again(published.jobs[0])

        assert (job.status, job.error["code"]) == ("failed", "endpoint_gone")
        assert publish().jobs == []
        assert len(served.received) == 1
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.disabled_reason) == (False, "gone")


def test_a_redirect_is_a_failure_and_its_goal_hears_nothing(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as canary, receiver(answers(307, headers=f"Location: {canary.url}\r\n")) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])

        assert canary.connections == 0
    assert (job.status, job.error["code"]) == ("delayed", "redirected")


def test_an_endpoint_disabled_after_the_message_gets_nothing(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        endpoint = subscribe(served.url).endpoint
        published = publish()
        endpoints.change(endpoint=endpoint, values={"active": False}, by=boss())
        job = run_again(published.jobs[0])

        assert served.connections == 0
    assert (job.status, job.error["code"]) == ("failed", "endpoint_inactive")


def test_an_address_that_turned_private_is_not_called(subscribe: NewEndpoint, settings: object) -> None:
    with receiver(answers(200)) as served:
        subscribe(served.url)
        published = publish()
        settings.WEBHOOK_ALLOW_PRIVATE = False  # type: ignore[attr-defined]
        job = run_again(published.jobs[0])

        assert served.connections == 0
    assert (job.status, job.error["code"]) == ("delayed", "url_refused")


def test_an_unknown_message_fails_at_once_and_so_does_another_tenants(subscribe: NewEndpoint, globex: object) -> None:
    with receiver(answers(200)) as served:
        subscribe(served.url)
        theirs = messages.publish(tenant_id="globex", event_type="a.b", data={"secret": 1}, by=boss("globex")).message
        for message_id in ("msg_unknown", theirs.public_id):
            job = run_job("webhook", tenantId="acme", messageId=message_id, eventType="a.b")

            assert (job.status, job.error["type"], job.attempts_made) == ("failed", "VALIDATION_ERROR", 1)
        assert served.connections == 0
    assert job.max_attempts == 3


def test_a_job_without_endpoint_serves_all_that_are_subscribed_and_none_twice(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as well, receiver(answers(500, 200)) as ill:
        subscribe(ill.url, "a.b")
        message = messages.publish(tenant_id="acme", event_type="a.b", data={}, by=boss()).message
        subscribe(well.url, "a.b")
        job = run_job("webhook", tenantId="acme", messageId=message.public_id, eventType="a.b")
        assert job.status == "delayed"
        job = run_again(job)

        assert (len(well.received), len(ill.received)) == (1, 2)
    assert job.status == "completed"
    assert job.result["attempts"] == 3


def test_a_compressed_answer_is_not_decoded(subscribe: NewEndpoint) -> None:
    with receiver(answers(200, headers="Content-Encoding: gzip\r\n", body=b"\x1f\x8b\x00\x00")) as served:
        subscribe(served.url)
        run_again(publish().jobs[0])

    assert WebhookDelivery.objects.get().response_excerpt == "(4 bytes of gzip, not decoded)"


def test_an_answer_that_postgres_cannot_hold_is_recorded_all_the_same(subscribe: NewEndpoint) -> None:
    with receiver(answers(200, body=b"a\x00b\xff" + b"c" * 9000)) as served:
        subscribe(served.url)
        job = run_again(publish().jobs[0])

    excerpt = WebhookDelivery.objects.get().response_excerpt
    assert job.status == "completed"
    assert excerpt.startswith("a\N{REPLACEMENT CHARACTER}b")
    assert len(excerpt) == 2001


def test_a_resent_message_keeps_its_id(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        subscribe(served.url)
        run_again(publish().jobs[0])
        run_again(messages.resend(delivery=WebhookDelivery.objects.get(), by=boss()).jobs[0])

        assert len({request.headers["webhook-id"] for request in served.received}) == 1
    assert WebhookDelivery.objects.count() == len(served.received) == 2


def test_removing_an_endpoint_keeps_what_was_delivered_to_it(subscribe: NewEndpoint) -> None:
    with receiver(answers(200)) as served:
        endpoint = subscribe(served.url).endpoint
        run_again(publish().jobs[0])
        endpoints.remove(endpoint=endpoint, by=boss())

    assert WebhookDelivery.objects.get().endpoint is None
    assert not WebhookEndpoint.objects.exists()
    assert not WebhookSecret.objects.exists()
    assert Job.objects.get().status == "completed"
