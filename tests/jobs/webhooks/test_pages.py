"""The webhooks pages of the console, and webhooks in Django admin."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from jobs.models import Job
from jobs.testing import run_again
from jobs.webhooks import endpoints, messages
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.providers.receivers import answers, receiver

from .conftest import NewEndpoint, boss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_redis_publishing")]

LIST = "/api/admin/bull-board/webhooks/"
NOWHERE = "http://127.0.0.1:1/hook"


@pytest.fixture
def browser(db: None, redis_clean: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("root@example.com", role="admin"))
    return client


@pytest.fixture
def delivered(subscribe: NewEndpoint) -> WebhookDelivery:
    """A delivery that was refused with a body that is no friend of HTML."""
    with receiver(answers(500, body=b"<script>alert(1)</script>")) as served:
        subscribe(served.url)
        made = messages.publish(tenant_id="acme", event_type="a.b", data={"note": "<b>bold</b>"}, by=boss())
        run_again(made.jobs[0])
    return WebhookDelivery.objects.get()


def test_the_list_shows_each_endpoint_and_how_it_does(delivered: WebhookDelivery, browser: Client) -> None:
    page = browser.get(LIST).content.decode()

    for text in (delivered.url, "acme", "0 %", "500", "the receiver answered 500"):
        assert text in page
    assert "whsec_" not in page
    assert 'style="' not in page


def test_an_endpoint_is_made_and_its_secret_shown_once(browser: Client, acme: Any) -> None:
    page = browser.post(LIST, {"url": NOWHERE, "tenant": "acme", "events": "job.failed, job.dead"})

    endpoint = WebhookEndpoint.objects.get()
    secret = endpoints.current_secret(endpoint).secret
    assert endpoint.events == ["job.failed", "job.dead"]
    assert secret in page.content.decode()
    assert secret not in browser.get(f"{LIST}{endpoint.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"url": "ftp://example.com/"}, "url must start with http:// or https://"),
        ({"events": "Nonsense"}, "must be a dotted name"),
        ({"tenant": "nobody"}, "tenant names no organisation"),
    ],
)
def test_a_wrong_field_is_named_and_what_was_typed_stays(
    browser: Client, acme: Any, given: dict[str, str], problem: str
) -> None:
    page = browser.post(LIST, {"url": NOWHERE, "tenant": "acme", "events": "*", "description": "mine", **given})

    assert page.status_code == 422
    assert problem in page.content.decode()
    assert 'value="mine"' in page.content.decode()
    assert not WebhookEndpoint.objects.exists()


def test_one_delivery_shows_request_and_response_escaped(delivered: WebhookDelivery, browser: Client) -> None:
    page = browser.get(f"{LIST}deliveries/{delivered.public_id}/").content.decode()

    assert delivered.request_headers["webhook-id"] in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;b&gt;bold" in page
    assert "<script>alert" not in page
    assert "<b>bold" not in page


def test_every_action_is_done_and_audited(delivered: WebhookDelivery, browser: Client) -> None:
    path = f"{LIST}{delivered.endpoint.public_id}/"
    old = endpoints.current_secret(WebhookEndpoint.objects.get()).secret

    browser.post(f"{LIST}deliveries/{delivered.public_id}/")
    browser.post(path, {"action": "test"})
    rotated = browser.post(path, {"action": "rotate"}).content.decode()
    browser.post(path, {"action": "disable"})
    assert "Disabled" in browser.get(path).content.decode()
    browser.post(path, {"action": "enable"})
    assert browser.post(path, {"action": "explode"}).status_code == 404
    browser.post(path, {"action": "remove"})

    assert Job.objects.filter(type="webhook").count() == 3
    assert "whsec_" in rotated
    assert old not in rotated
    assert not WebhookEndpoint.objects.exists()
    done = list(
        AuditEntry.objects.filter(actor_name="root@example.com").order_by("id").values_list("action", flat=True)
    )
    assert [action for action in done if action.startswith("webhook.")] == [
        "webhook.resend",
        "webhook.test",
        "webhook.rotate_secret",
        "webhook.change",
        "webhook.change",
        "webhook.remove",
    ]


def test_a_reader_sees_and_changes_nothing(delivered: WebhookDelivery, settings: Any) -> None:
    settings.ADMIN_EMAIL_DOMAIN = "example.com"
    reader = Client()
    reader.force_login(User.objects.create_user("reader@example.com", email_verified=True))
    path = f"{LIST}{delivered.endpoint.public_id}/"

    assert "Rotate" not in reader.get(path).content.decode()
    assert reader.post(path, {"action": "disable"}).status_code == 403
    assert reader.post(f"{LIST}deliveries/{delivered.public_id}/").status_code == 403
    assert WebhookEndpoint.objects.get().active


def test_admin_lists_endpoints_messages_and_deliveries_without_secrets(
    delivered: WebhookDelivery, browser: Client
) -> None:
    secret = endpoints.current_secret(WebhookEndpoint.objects.get()).secret
    for name, row in (
        ("webhookendpoint", delivered.endpoint),
        ("webhookmessage", delivered.message),
        ("webhookdelivery", delivered),
    ):
        listed = browser.get(f"/admin/jobs/{name}/?q={row.public_id}").content.decode()
        shown = browser.get(f"/admin/jobs/{name}/{row.pk}/change/").content.decode()

        assert row.public_id in listed
        assert row.public_id in shown
        assert secret not in listed + shown
        assert "<script>alert" not in shown


def test_admin_sends_again_and_disables(delivered: WebhookDelivery, browser: Client) -> None:
    chosen = {"action": "resend", "_selected_action": [delivered.pk]}
    browser.post("/admin/jobs/webhookdelivery/", chosen)
    browser.post("/admin/jobs/webhookendpoint/", {"action": "disable", "_selected_action": [delivered.endpoint.pk]})

    assert Job.objects.filter(type="webhook").count() == 2
    assert not WebhookEndpoint.objects.get().active
