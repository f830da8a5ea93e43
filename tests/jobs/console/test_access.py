"""R-DASH-06, R-DASH-07: who opens the console, who acts in it, and where it lies."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path

from accounts.methods import GET_AND_POST
from accounts.models import User
from config import urls as real
from jobs.console import urls as console
from jobs.console.access import console_of
from jobs.console.routing import page

BASE = "/api/admin/bull-board"
DOMAIN = {"ADMIN_EMAIL_DOMAIN": "@Example.com"}


def show(request: HttpRequest) -> HttpResponse:
    access = console_of(request)
    return HttpResponse(f"{request.method} {access.caller.role} {sorted(access.caller.scopes)} {access.operates}")


class Probed:
    """The console with one page more, in the place of the real one."""

    app_name = "console"
    urlpatterns = [page("probe", show, name="probe", methods=GET_AND_POST), *console.urlpatterns]  # noqa: RUF012  Django's attribute


urlpatterns = [path(f"{BASE[1:]}/", include((Probed.urlpatterns, "console"))), *real.urlpatterns]
handler403, handler404 = real.handler403, real.handler404

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def signed_in(email: str, *, verified: bool = True, role: str = "") -> Client:
    client = Client()
    client.force_login(User.objects.create_user(email, email_verified=verified, role=role))
    return client


@pytest.mark.parametrize("spelling", [f"{BASE}/probe", f"{BASE}/probe/"])
def test_an_admin_operates(spelling):
    admin = signed_in("root@elsewhere.org", role="admin")

    assert admin.get(spelling).content.decode().endswith("True")
    assert admin.post(spelling).status_code == 200


@override_settings(**DOMAIN)
@pytest.mark.parametrize("email", ["a@example.com", "A@EXAMPLE.COM"])
def test_a_verified_address_of_the_admin_domain_reads_and_does_not_act(email):
    reader = signed_in(email)

    shown, acted = reader.get(f"{BASE}/probe"), reader.post(f"{BASE}/probe")

    assert shown.content.decode() == "GET admin ['jobs:read', 'metrics:read'] False"
    assert acted.status_code == 403
    assert "text/html" in acted["Content-Type"]


@override_settings(**DOMAIN)
@pytest.mark.parametrize(
    ("email", "verified"),
    [
        ("a@example.com", False),
        ("a@evil-example.com", True),
        ("a@example.com.evil.io", True),
        ("a@sub.example.com", True),
    ],
)
def test_everybody_else_is_refused(email, verified):
    answer = signed_in(email, verified=verified).get(f"{BASE}/probe")

    assert answer.status_code == 403
    assert "text/html" in answer["Content-Type"]


def test_without_a_domain_the_role_alone_decides():
    assert signed_in("a@example.com").get(f"{BASE}/probe").status_code == 403


@pytest.mark.parametrize("address", ["/probe", "/", "/no/such/page"])
def test_the_anonymous_are_asked_to_sign_in(address):
    answer = Client().get(BASE + address)

    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in?next={BASE}{address}"


@override_settings(API_AUTH_REQUIRED=False)
def test_an_open_development_instance_needs_no_sign_in():
    assert Client().get(f"{BASE}/probe").content.decode().endswith("True")


@override_settings(CONSOLE_READ_ONLY=True)
def test_a_read_only_console_refuses_admins_too():
    admin = signed_in("root@example.com", role="admin")

    assert admin.get(f"{BASE}/probe").status_code == 200
    assert admin.post(f"{BASE}/probe").status_code == 403


def test_an_action_needs_the_csrf_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("root@example.com"))

    assert client.post(f"{BASE}/probe").status_code == 403


def test_a_token_of_the_api_opens_no_page():
    answer = Client(headers={"Authorization": "Bearer qry_nonsense"}).get(f"{BASE}/probe")

    assert answer.status_code == 302


def test_what_the_console_does_not_know_is_a_page_not_json():
    answer = signed_in("root@example.com", role="admin").get(f"{BASE}/no/such/page")

    assert answer.status_code == 404
    assert "text/html" in answer["Content-Type"]


def test_every_address_of_the_console_is_guarded():
    unguarded = [one for one in console.urlpatterns if not getattr(one.callback, "console_guarded", False)]

    assert console.urlpatterns
    assert unguarded == []


def test_pages_are_never_cached():
    assert "no-store" in signed_in("root@example.com", role="admin").get(f"{BASE}/probe")["Cache-Control"]
