"""Limits, workers and deploy marks over HTTP."""

import pytest
from rest_framework.test import APIClient

from jobs.deploys.models import Deploy
from jobs.models import Worker
from tests.jobs.api.conftest import *  # noqa: F403  its clients and job types

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/queues/research"


def test_a_change_answers_with_what_changed_and_what_holds_now(admin: APIClient) -> None:
    body = {"concurrency": 4, "startLimit": {"count": 5, "windowMs": 1000}, "reason": "backlog"}

    answer = admin.patch(URL, body, format="json")

    assert answer.status_code == 200, answer.content
    assert [(c["setting"], c["old"], c["new"], c["by"]) for c in answer.json()["changes"]] == [
        ("concurrency", 2, 4, "admin@example.com"),
        ("startLimit", {"count": 10, "windowMs": 60_000}, {"count": 5, "windowMs": 1000}, "admin@example.com"),
    ]
    policy = admin.get(URL).json()["policy"]
    assert (policy["concurrency"], policy["startLimit"]) == (4, {"max": 5, "durationMs": 1000})
    assert policy["overridden"] == {"concurrency": 2, "startLimit": {"count": 10, "windowMs": 60_000}}


def test_the_words_in_which_a_limit_is_shown_are_understood(admin: APIClient) -> None:
    answer = admin.patch(URL, {"startLimit": {"max": 5, "durationMs": 1000}}, format="json")

    assert answer.json()["policy"]["startLimit"] == {"max": 5, "durationMs": 1000}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"reason": "none"}, "body"),
        ({"concurrency": 101}, "concurrency"),
        ({"startLimit": {"count": 5}}, "startLimit"),
        ({"startLimit": {"count": 5, "windowMs": 10, "x": 1}}, "startLimit.x"),
        ({"concurrency": 2, "reason": 5}, "reason"),
        ({"concurrency": 3, "reason": "x" * 501}, "reason"),
        ({"timeoutMs": 5}, "timeoutMs"),
    ],
)
def test_a_mistake_is_named(admin: APIClient, body: dict[str, object], field: str) -> None:
    answer = admin.patch(URL, body, format="json")

    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]


def test_the_reset_and_the_history(admin: APIClient) -> None:
    admin.patch(URL, {"concurrency": 4}, format="json")

    body = {"action": "reset-policy", "options": {"settings": ["concurrency"], "reason": "done"}}
    answer = admin.post(URL, body, format="json")

    assert answer.json()["policy"]["overridden"] == {}
    changes = admin.get(f"{URL}/policy-history").json()["changes"]
    assert [(c["new"], c["reverted"], c["reason"]) for c in changes] == [(2, True, "done"), (4, False, "")]
    wrong = admin.post(URL, {"action": "reset-policy", "options": {"settings": ["size"]}}, format="json")
    assert "options.size" in wrong.json()["error"]["fields"]


def test_a_worker_is_told_by_name(admin: APIClient) -> None:
    Worker.objects.create(name="host.example-12-ab", host="host.example", pid=12)

    answer = admin.post("/api/workers/host.example-12-ab", {"action": "quiet"}, format="json")

    assert answer.json() == {"worker": "host.example-12-ab", "action": "quiet", "changed": True}
    assert Worker.objects.get().wanted == "quiet"
    assert admin.post("/api/workers/nobody", {"action": "quiet"}, format="json").status_code == 404
    assert admin.post("/api/workers/nobody", {"action": "kill"}, format="json").status_code == 400


def test_a_deploy_leaves_a_mark(admin: APIClient) -> None:
    answer = admin.post("/api/deploys", {"version": "v2", "note": "faster"}, format="json")

    assert answer.status_code == 201
    assert Deploy.objects.get().by == "admin@example.com"
    assert [item["version"] for item in admin.get("/api/deploys").json()["deploys"]] == ["v2"]
    assert "version" in admin.post("/api/deploys", {"version": ""}, format="json").json()["error"]["fields"]
