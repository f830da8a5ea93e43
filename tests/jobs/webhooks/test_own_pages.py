"""The webhooks of an organisation in its administrators' settings: all that the console can do, and nobody else's."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Membership, Organisation, User
from jobs.models import Job
from jobs.testing import run_again
from jobs.webhooks import endpoints, messages
from jobs.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.providers.receivers import answers, receiver

from .conftest import NewEndpoint, boss

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_redis_publishing")]

LIST = "/settings/webhooks"
NOWHERE = "http://127.0.0.1:1/hook"


def browser_of(role: str, organisation: Organisation | None) -> Client:
    user = User.objects.create_user(f"{role}@example.com", role="admin" if role == "admin" else "")
    if organisation is not None:
        Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def browser(acme: Organisation, redis_clean: Any) -> Client:
    return browser_of("tenant-admin", acme)


@pytest.fixture
def globex(db: None) -> Organisation:
    return Organisation.objects.create(slug="globex", name="Globex")


def test_a_tenant_admin_makes_an_endpoint_whose_secret_is_shown_once(browser: Client, globex: Organisation) -> None:
    made = browser.post(LIST, {"url": NOWHERE, "tenant": "acme", "events": "job.failed"})
    refused = browser.post(LIST, {"url": NOWHERE, "tenant": "globex", "events": "job.failed"})

    endpoint = WebhookEndpoint.objects.get()
    secret = endpoints.current_secret(endpoint).secret
    page = browser.get(f"{LIST}/{endpoint.public_id}/").content.decode()
    assert secret in made.content.decode()
    assert secret not in page
    assert (refused.status_code, "globex" in browser.get(LIST).content.decode()) == (422, False)
    assert "bull-board" not in page + browser.get(LIST).content.decode()


def test_every_action_is_done_and_stays_among_the_settings(browser: Client, subscribe: NewEndpoint) -> None:
    with receiver(answers(500)) as served:
        subscribe(served.url)
        run_again(messages.publish(tenant_id="acme", event_type="a.b", data={}, by=boss()).jobs[0])
    delivered = WebhookDelivery.objects.get()
    path = f"{LIST}/{delivered.endpoint.public_id}/"

    assert "bull-board" not in browser.get(f"{LIST}/deliveries/{delivered.public_id}/").content.decode()
    went = [browser.post(f"{LIST}/deliveries/{delivered.public_id}/")]
    went += [browser.post(path, {"action": action}) for action in ("test", "rotate", "disable", "enable", "remove")]

    assert all(answer.status_code == 200 or answer["Location"].startswith(LIST) for answer in went)
    assert Job.objects.filter(type="webhook").count() == 3
    assert not WebhookEndpoint.objects.exists()
    assert AuditEntry.objects.filter(actor_name="tenant-admin@example.com", tenant_id="acme").count() == 6


def test_what_another_organisation_has_is_not_there(
    browser: Client, subscribe: NewEndpoint, globex: Organisation
) -> None:
    theirs = subscribe(NOWHERE, tenant="globex").endpoint
    path = f"{LIST}/{theirs.public_id}/"

    assert browser.get(path).status_code == 404
    assert browser.post(path, {"action": "remove"}).status_code == 404
    assert NOWHERE not in browser.get(LIST).content.decode()


def test_members_are_refused_the_anonymous_sign_in_and_admins_go_to_the_console(
    acme: Organisation, client: Client
) -> None:
    assert client.get(LIST)["Location"].startswith("/sign-in")
    for role in ("viewer", "member"):
        assert browser_of(role, acme).get(LIST).status_code == 403
    assert browser_of("admin", None).get(LIST)["Location"] == "/api/admin/bull-board/webhooks"


def test_the_settings_lead_there_only_who_may_go(browser: Client, acme: Organisation) -> None:
    assert LIST in browser.get("/settings/").content.decode()
    assert LIST not in browser_of("member", acme).get("/settings/").content.decode()
