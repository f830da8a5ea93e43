"""/api/webhooks: what each request does, and that no tenant sees another's."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from jobs.models import Job
from jobs.testing import run_again
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookSecret
from tests.jobs.api.conftest import NewClient
from tests.providers.receivers import answers, receiver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_redis_publishing")]
NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def boss(client_of: NewClient) -> APIClient:
    return client_of("boss@example.com", role="tenant-admin")


@pytest.fixture
def stranger(client_of: NewClient, globex: Any) -> APIClient:
    return client_of("stranger@example.com", role="tenant-admin", organisation=globex)


def created(client: APIClient, url: str = NOWHERE, *events: str) -> dict[str, Any]:
    answer = client.post("/api/webhooks", {"url": url, "events": list(events) or ["*"]}, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(client: APIClient, event: str = "calc.batch.completed") -> dict[str, Any]:
    answer = client.post("/api/webhooks/messages", {"eventType": event, "data": {"n": 1}}, format="json")
    assert answer.status_code == 202, answer.content
    return answer.json()


def run_all() -> None:
    for job in Job.objects.filter(type="webhook", status="waiting"):
        run_again(job)


def test_an_endpoint_is_made_listed_changed_and_removed(boss: APIClient) -> None:
    made = created(boss, NOWHERE, "job.failed")
    path = f"/api/webhooks/{made['id']}"

    assert made["secret"].startswith("whsec_")
    assert (made["tenantId"], made["active"], made["successRate"]) == ("acme", True, None)
    listed = boss.get("/api/webhooks").json()
    assert [row["id"] for row in listed["webhooks"]] == [made["id"]]
    assert "secret" not in listed["webhooks"][0]
    assert "secret" not in boss.get(path + "/").json()
    changed = boss.patch(path, {"events": ["a.b"], "active": False}, format="json").json()
    assert (changed["events"], changed["active"], changed["disabledReason"]) == (["a.b"], False, "operator")
    assert boss.patch(path, {"active": True}, format="json").json()["disabledReason"] is None
    assert boss.delete(path).status_code == 204
    assert boss.get(path).status_code == 404
    assert [entry.action for entry in AuditEntry.objects.filter(target_type="webhook").order_by("id")] == [
        "webhook.create",
        "webhook.change",
        "webhook.change",
        "webhook.remove",
    ]


def test_a_message_makes_one_signed_post_and_one_delivery_and_a_resend_a_second(boss: APIClient) -> None:
    with receiver(answers(200)) as served:
        made = created(boss, served.url)
        sent = send(boss)
        run_all()

        assert sent["count"] == len(served.received) == 1
        deliveries = boss.get(f"/api/webhooks/{made['id']}/deliveries").json()["deliveries"]
        assert [(d["statusCode"], d["attempt"], d["error"]) for d in deliveries] == [(200, 1, None)]
        assert deliveries[0]["messageId"] == sent["message"]["id"]
        again = boss.post(f"/api/webhooks/deliveries/{deliveries[0]['id']}/resend", {}, format="json")
        assert again.status_code == 202
        run_all()
        assert len(served.received) == 2
    shown = boss.get(f"/api/webhooks/{made['id']}").json()
    assert (shown["successRate"], shown["lastStatusCode"]) == (1.0, 200)
    assert boss.get("/api/webhooks/deliveries?failed=true").json()["count"] == 0


def test_a_disabled_endpoint_gets_nothing(boss: APIClient) -> None:
    with receiver(answers(200)) as served:
        made = created(boss, served.url)
        boss.patch(f"/api/webhooks/{made['id']}", {"active": False}, format="json")

        assert send(boss)["count"] == 0
        assert boss.post(f"/api/webhooks/{made['id']}/test", {}, format="json").status_code == 409
        assert served.connections == 0


def test_a_test_message_goes_to_the_one_endpoint_whatever_it_subscribed_to(boss: APIClient) -> None:
    with receiver(answers(200)) as served:
        made = created(boss, served.url, "job.failed")
        created(boss, served.url, "*")
        answer = boss.post(f"/api/webhooks/{made['id']}/test", {}, format="json")
        run_all()

        assert answer.status_code == 202
        assert [request.headers["webhook-event"] for request in served.received] == ["webhook.test"]


def test_a_rotation_shows_the_new_secret_once(boss: APIClient) -> None:
    made = created(boss)

    rotated = boss.post(f"/api/webhooks/{made['id']}/rotate-secret", {}, format="json").json()

    assert rotated["secret"] != made["secret"]
    assert rotated["overlapSeconds"] == 86_400
    assert WebhookSecret.objects.filter(expires_at__isnull=True).get().secret == rotated["secret"]
    assert rotated["secret"] not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"events": ["*"]}, "url"),
        ({"url": NOWHERE}, "events"),
        ({"url": NOWHERE, "events": []}, "events"),
        ({"url": NOWHERE, "events": ["Not Dotted"]}, "events"),
        ({"url": NOWHERE, "events": [7]}, "events"),
        ({"url": "ftp://example.com/", "events": ["*"]}, "url"),
        ({"url": "http://user:secret@example.com/", "events": ["*"]}, "url"),
        ({"url": NOWHERE, "events": ["*"], "active": "yes"}, "active"),
        ({"url": NOWHERE, "events": ["*"], "tenant": "globex"}, "tenant"),
        ({"url": NOWHERE, "events": ["*"], "secret": "whsec_x"}, "secret"),
    ],
)
def test_a_wrong_field_is_named(boss: APIClient, body: dict[str, Any], field: str) -> None:
    answer = boss.post("/api/webhooks", body, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == [field]
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://127.0.0.1/", "http://[::ffff:10.0.0.1]/"])
def test_private_addresses_are_allowed_only_with_the_setting(boss: APIClient, settings: Any, url: str) -> None:
    allowed = boss.post("/api/webhooks", {"url": url, "events": ["*"]}, format="json")
    settings.WEBHOOK_ALLOW_PRIVATE = False
    refused = boss.post("/api/webhooks", {"url": url, "events": ["*"]}, format="json")
    changed = boss.patch(f"/api/webhooks/{allowed.json()['id']}", {"url": url}, format="json")
    job = boss.post("/api/jobs", {"type": "test-plain", "data": {}, "options": {"webhookUrl": url}}, format="json")

    assert allowed.status_code == 201
    assert [answer.status_code for answer in (refused, changed, job)] == [400] * 3
    assert list(refused.json()["error"]["fields"]) == ["url"]
    assert list(job.json()["error"]["fields"]) == ["options.webhookUrl"]


def test_another_tenants_things_answer_as_if_they_did_not_exist(boss: APIClient, stranger: APIClient) -> None:
    with receiver(answers(200)) as served:
        made = created(boss, served.url)
        sent = send(boss)
        run_all()
    delivery = WebhookDelivery.objects.get().public_id
    path = f"/api/webhooks/{made['id']}"

    for method, theirs, unknown in (
        ("get", path, "/api/webhooks/whe_unknown"),
        ("patch", path, "/api/webhooks/whe_unknown"),
        ("delete", path, "/api/webhooks/whe_unknown"),
        ("post", f"{path}/rotate-secret", "/api/webhooks/whe_unknown/rotate-secret"),
        ("post", f"{path}/test", "/api/webhooks/whe_unknown/test"),
        ("get", f"{path}/deliveries", "/api/webhooks/whe_unknown/deliveries"),
        ("post", f"/api/webhooks/deliveries/{delivery}/resend", "/api/webhooks/deliveries/whd_unknown/resend"),
    ):
        answers_ = [getattr(stranger, method)(address, {}, format="json") for address in (theirs, unknown)]
        assert [answer.status_code for answer in answers_] == [404, 404]
        assert answers_[0].content == answers_[1].content
    for listing, key in (("", "webhooks"), ("/messages", "messages"), ("/deliveries", "deliveries")):
        assert stranger.get(f"/api/webhooks{listing}").json()[key] == []
    assert send(stranger)["count"] == 0
    for tenant_path in ("/api/webhooks", "/api/webhooks/messages"):
        body: dict = {"tenantId": "acme", "url": NOWHERE, "events": ["*"]}
        if tenant_path.endswith("messages"):
            body = {"tenantId": "acme", "eventType": "a.b", "data": {}}
        assert stranger.post(tenant_path, body, format="json").status_code == 403
    forged = {"tenantId": "globex", "messageId": sent["message"]["id"], "eventType": "calc.batch.completed"}
    accepted = stranger.post("/api/jobs", {"type": "webhook", "data": forged}, format="json")
    assert accepted.status_code == 202
    run_all()
    assert Job.objects.get(public_id=accepted.json()["id"]).error["code"] == "unknown_message"


def test_the_callback_secret_is_the_tenants_own(boss: APIClient, stranger: APIClient) -> None:
    mine = boss.get("/api/webhooks/callback-secret").json()

    assert mine == boss.get("/api/webhooks/callback-secret").json()
    assert stranger.get("/api/webhooks/callback-secret").json()["secret"] != mine["secret"]
    assert stranger.get("/api/webhooks/callback-secret?tenantId=acme").status_code == 403
    rotated = boss.post("/api/webhooks/callback-secret", {}, format="json").json()["secret"]
    assert boss.get("/api/webhooks/callback-secret").json()["secret"] == rotated != mine["secret"]
    assert boss.get("/api/webhooks").json()["webhooks"] == []


def test_admins_manage_every_tenants_endpoints(boss: APIClient, client_of: NewClient) -> None:
    made = created(boss)
    admin = client_of("admin@example.com", role="admin")

    assert admin.get(f"/api/webhooks/{made['id']}").status_code == 200
    body = {"url": NOWHERE, "events": ["*"], "tenantId": "nobody"}
    assert list(admin.post("/api/webhooks", body, format="json").json()["error"]["fields"]) == ["tenantId"]
