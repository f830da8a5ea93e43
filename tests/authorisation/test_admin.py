"""Django admin and RQ's dashboard: who comes in, and what an admin may do to each model."""

import re
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import RequestFactory

from jobs.models import Job

from .conftest import World
from .routes import Route, all_routes
from .tables.admin_models import LOOKED_AT, PERMISSIONS

#: Django's own sign-in and sign-out. The first leads to ours, whose tries are counted; the second takes a POST.
OPEN = {"admin:login", "admin:logout"}
RQ = ("admin:django_rq_", "django_rq:")
#: Without any row of the project: Django shows them to whoever is staff, which readers are.
FOR_STAFF = {
    "admin:index",
    "admin:jsi18n",
    "admin:password_change",
    "admin:password_change_done",
    "admin:search",
}
BELOW_A_LIST = re.compile(r"(_add|(?<!password)_change|_delete|_history|:)\Z")
CAPABILITIES = ("view", "add", "change", "delete")


def test_an_admin_may_do_to_each_model_what_the_table_says(made: World) -> None:
    request = _request(made, "admin")

    found = {label: _capabilities(model_admin, request, model()) for label, model, model_admin in _registered()}

    assert found == PERMISSIONS


def test_who_is_no_admin_may_do_nothing_to_any_model(made: World) -> None:
    for role in ("reader", "tenant-admin"):
        request = _request(made, role)
        found = {label for label, model, site in _registered() if _capabilities(site, request, model())}
        # Readers look at RQ's dashboard, as they do at the console.
        assert found == ({"django_rq.dashboard"} if role == "reader" else set())


def test_what_is_there_to_be_looked_at_takes_no_form_from_an_admin(made: World) -> None:
    """The views agree with the table: a ledger row is changed by verbs, never by a form."""
    job = Job.objects.get(public_id="theirs")
    wrong = {}
    for label in LOOKED_AT.split():
        base = "/admin/" + label.replace(".", "/")
        for path in (f"{base}/add/", f"{base}/{job.pk}/change/", f"{base}/{job.pk}/delete/"):
            if (status := _send(made, "admin", "post", path, {"status": "completed", "post": "yes"})) not in (403, 404):
                wrong[path] = status

    # Nothing of that number there is no 403 but the way back to the list; either way nothing was written.
    assert {path: status for path, status in wrong.items() if status != 302} == {}
    assert Job.objects.get(public_id="theirs").status == job.status


def test_no_route_of_django_admin_opens_for_who_is_no_admin(made: World) -> None:
    routes = [route for route in all_routes() if route.name.startswith("admin:") and route.name not in OPEN]
    # What is below a model's list asks for the same permissions as the list; the first tests here try them.
    ours = [route for route in routes if not route.name.startswith(RQ) and not BELOW_A_LIST.search(route.name)]

    for role in ("reader", "tenant-admin", "anonymous"):
        found = {route.name: _send(made, role, "get", _path(route)) for route in ours}
        opened = {name for name, status in found.items() if status not in (302, 403, 404, 405)}
        assert opened == (FOR_STAFF if role == "reader" else set())


def test_no_row_is_reached_by_its_content_type(made: World) -> None:
    """RQ's model has no table, so that Django's shortcut failed with 500; no model has a page for it to lead to."""
    kinds = ContentType.objects.get_for_models(Job, apps.get_model("django_rq", "Dashboard")).values()

    for role, answer in (("admin", 404), ("reader", 404), ("anonymous", 302)):
        assert {_send(made, role, "get", f"/admin/r/{kind.pk}/1/") for kind in kinds} == {answer}


def test_readers_press_no_button_of_rqs_dashboard_and_others_do_not_see_it(made: World) -> None:
    routes = [route for route in all_routes() if route.name.startswith(RQ)]
    # It asks whether one is sure, and changes nothing.
    buttons = [route for route in routes if not route.name.endswith("confirm_action")]

    assert {_send(made, "anonymous", "get", _path(route)) for route in routes} == {302}
    assert {_send(made, "tenant-admin", "get", _path(route)) for route in routes} == {403}
    assert {_send(made, "reader", "post", _path(route), {"post": "yes"}) for route in buttons} == {403}


def _registered() -> list[tuple[str, Any, Any]]:
    return [(model._meta.label_lower, model, site) for model, site in admin.site._registry.items()]


def _capabilities(model_admin: Any, request: Any, row: Any) -> str:
    held = {
        name: getattr(model_admin, f"has_{name}_permission")(request, *([] if name == "add" else [row]))
        for name in CAPABILITIES
    }
    return " ".join(name for name, allowed in held.items() if allowed)


def _request(made: World, role: str) -> Any:
    request = RequestFactory().get("/admin/")
    request.user = made.users[role]
    return request


def _path(route: Route) -> str:
    """An address that the pattern fits: 0 for each id."""
    text = re.sub(r"\(\?P<app_label>([a-z_]+)[^)]*\)", r"\1", route.pattern)
    text = re.sub(r"\(\?P<\w+>[^)]*\)\??|<[^>]+>", "0", text)
    return "/" + re.sub(r"[\^$?\\]", "", text)


def _send(made: World, role: str, method: str, path: str, form: dict[str, str] | None = None) -> int:
    with transaction.atomic():
        answer = getattr(made.browsers[role], method)(path, form or {})
        transaction.set_rollback(True)
    status: int = answer.status_code
    return status
