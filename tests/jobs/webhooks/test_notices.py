"""Notices of finished jobs: one per event and listener, none lost, none about webhooks."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook

from jobs import actions, registry
from jobs.models import Event, Job
from jobs.payloads import InvalidPayload, Payload
from jobs.registry import job_type
from jobs.submission import Options, parse_options
from jobs.testing import run_again, run_job
from jobs.webhooks import endpoints, messages, notices
from jobs.webhooks.models import JobCallback, NoticeCursor, WebhookDelivery, WebhookMessage
from tests.providers.receivers import answers, receiver

from .conftest import NewEndpoint, boss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_redis_publishing")]
NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture(autouse=True)
def reading(db: None) -> None:
    """Notices begin with what happens from now on."""
    notices.notify()


def finished(text: str = "", tenant: str = "acme", **options: object) -> Job:
    given = parse_options(options)
    return run_job("test-note", {"companyId": "c1", "text": text}, options=given, by=boss(tenant))


def deliveries() -> list[Job]:
    return list(Job.objects.filter(type="webhook").order_by("id"))


def test_a_notice_that_cannot_be_stored_holds_up_no_other(
    subscribe: NewEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(NOWHERE, "*")
    poison, well = finished("poison"), finished()
    store = messages.store

    def picky(**values: Any) -> WebhookMessage:
        if values["data"]["id"] == poison.public_id:
            raise ValueError("poison")
        return store(**values)

    monkeypatch.setattr(messages, "store", picky)

    assert notices.notify() == 1
    assert WebhookMessage.objects.get().data["id"] == well.public_id
    assert notices.notify() == 0


def test_a_barrier_of_another_server_is_not_waited_for(subscribe: NewEndpoint) -> None:
    subscribe(NOWHERE, "*")
    NoticeCursor.objects.update(barrier_xid=2**62)
    finished()

    assert notices.notify() == 1
    assert NoticeCursor.objects.get().barrier_xid < 2**62


def test_each_end_of_a_job_is_told_to_those_who_subscribed_to_it(subscribe: NewEndpoint, globex: object) -> None:
    wants_all = subscribe(NOWHERE, "*").endpoint
    wants_failures = subscribe(NOWHERE, "job.failed").endpoint
    subscribe(NOWHERE, "*", tenant="globex")
    finished()
    failed = finished("fail")
    cancelled = actions.enqueue(type="test-note", data={"companyId": "c1"}, by=boss())
    actions.cancel(jobs=[cancelled.job()], by=boss())
    actions.bury(jobs=[failed], by=boss())

    assert notices.notify() == 4
    told = [(job.data["eventType"], job.related_id) for job in deliveries()]
    assert told == [
        ("job.completed", wants_all.public_id),
        ("job.failed", wants_all.public_id),
        ("job.failed", wants_failures.public_id),
        ("job.cancelled", wants_all.public_id),
        ("job.dead", wants_all.public_id),
    ]
    assert {job.max_attempts for job in deliveries()} == {10}
    assert {job.tenant_id for job in deliveries()} == {"acme"}


def test_reading_again_tells_nothing_twice(subscribe: NewEndpoint) -> None:
    subscribe(NOWHERE)
    finished()
    notices.notify()
    NoticeCursor.objects.update(seen_id=0, settled_id=0)

    assert notices.notify() == 0
    assert len(deliveries()) == 1


def test_webhook_jobs_are_not_told_about(subscribe: NewEndpoint) -> None:
    with receiver(answers(200, 410)) as served:
        subscribe(served.url)
        finished()
        notices.notify()
        run_again(deliveries()[0])

    assert notices.notify() == 0
    assert len(deliveries()) == 1


def test_a_jobs_own_url_gets_one_signed_post_with_the_job(acme: object, redis_clean: object) -> None:
    with receiver(answers(200)) as served:
        job = finished(webhookUrl=served.url)
        notices.notify()
        run_again(deliveries()[0])
        notices.notify()

        assert len(served.received) == 1
    secret = endpoints.current_secret(endpoints.callbacks_of("acme")).secret
    body = Webhook(secret).verify(served.received[0].body, served.received[0].headers)
    assert (body["event"], body["data"]["id"], body["data"]["status"]) == ("job.completed", job.public_id, "completed")
    assert body["data"]["result"] == {"companyId": "c1"}
    assert WebhookDelivery.objects.get().url == served.url


def test_a_job_with_a_url_and_a_subscriber_is_one_message_for_both(subscribe: NewEndpoint) -> None:
    subscribe(NOWHERE)
    finished(webhookUrl=NOWHERE)
    notices.notify()

    assert WebhookMessage.objects.count() == 1
    assert len({job.related_id for job in deliveries()}) == 2


def test_an_endpoint_hears_nothing_from_before_it_was_made(subscribe: NewEndpoint) -> None:
    finished()
    Event.objects.update(at="2020-01-01T00:00:00Z")
    subscribe(NOWHERE)

    assert notices.notify() == 0


def test_a_removed_job_takes_its_url_along(acme: object, redis_clean: object) -> None:
    job = finished(webhookUrl=NOWHERE)
    actions.remove(jobs=[job], by=boss())

    assert not JobCallback.objects.exists()
    assert notices.notify() == 0


def test_a_result_too_large_for_a_message_is_left_out(
    subscribe: NewEndpoint, monkeypatch: pytest.MonkeyPatch, acme: object
) -> None:
    monkeypatch.setattr("jobs.webhooks.messages.MOST_DATA_BYTES", 1000)
    subscribe(NOWHERE)
    finished("x" * 900)
    notices.notify()

    data = WebhookMessage.objects.get().data
    assert (data["data"], data["result"], data["truncated"]) == (None, None, True)
    assert len(json.dumps(data)) < 2000


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "ftp://example.com/", "http://user@example.com/", 7])
def test_a_bad_url_is_refused_by_name(url: object, settings: object) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = False  # type: ignore[attr-defined]

    with pytest.raises(InvalidPayload) as refused:
        parse_options({"webhookUrl": url})

    assert list(refused.value.fields) == ["options.webhookUrl"]


def test_a_job_of_no_organisation_cannot_have_a_url(redis_clean: object) -> None:
    with pytest.raises(InvalidPayload, match="needs an organisation"):
        actions.enqueue(type="test-note", data={"companyId": "c1"}, options=Options(webhook_url=NOWHERE))


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_after_a_later_one_is_told_too(subscribe: NewEndpoint) -> None:
    subscribe(NOWHERE)
    notices.notify()
    early = actions.enqueue(type="test-note", data={"companyId": "early"}, by=boss())
    late = actions.enqueue(type="test-note", data={"companyId": "late"}, by=boss())
    written, go = threading.Event(), threading.Event()

    def cancel_slowly() -> None:
        with transaction.atomic():
            actions.cancel(jobs=[early.job()], by=boss())
            written.set()
            assert go.wait(10)
        connection.close()

    thread = threading.Thread(target=cancel_slowly)
    thread.start()
    assert written.wait(10)
    actions.cancel(jobs=[late.job()], by=boss())

    assert [notices.notify(), notices.notify()] == [1, 0]
    go.set()
    thread.join()
    # What was passed over is read again once no transaction of the server is older: those of tests
    # that run beside this one count too.
    deadline = time.monotonic() + 300
    while not (told := notices.notify()):
        assert time.monotonic() < deadline, "the late event is told when all older transactions have ended"
        time.sleep(0.05)
    assert told == 1
    assert [notices.notify(), notices.notify()] == [0, 0]
    ids = set(WebhookMessage.objects.values_list("data__id", flat=True))
    assert ids == {early.id, late.id}


@pytest.fixture
def slow_type() -> Iterator[None]:
    class Empty(Payload):
        pass

    job_type("test-of-nobody", queue="scoring", payload=Empty)(lambda payload, job: None)
    yield
    registry.unregister("test-of-nobody")


def test_a_pass_with_nothing_to_tell_makes_no_messages(slow_type: None, redis_clean: object) -> None:
    run_job("test-of-nobody")

    assert notices.notify() == 0
    assert not WebhookMessage.objects.exists()
