"""Workflows, batches and dependencies over HTTP: answers, refusals, and whose they are."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from jobs import execution
from jobs.models import Job
from jobs.workflows.models import Step, Workflow

from .conftest import NewClient, note, post

pytestmark = pytest.mark.django_db(transaction=True)


def item(text: str = "", **more: Any) -> dict[str, Any]:
    return note(text) | more


def declare(client: APIClient, **body: Any) -> Any:
    return post(client, body, "/api/workflows")


def diamond(client: APIClient, **more: Any) -> Any:
    return declare(
        client,
        name="Research four",
        jobs={
            "a": item(),
            "b": item(dependsOn=["a"]),
            "c": item(dependsOn=["a"]),
            "d": item(dependsOn=["b", "c"]),
        },
        **more,
    )


def run(*names: str) -> None:
    for name in names:
        assert execution.run(Step.objects.get(name=name).job_id)


def test_a_declared_workflow_is_answered_with_its_resource(member: APIClient) -> None:
    answer = diamond(member)

    body = answer.json()
    assert answer.status_code == 202
    assert answer["Location"] == f"/api/workflows/{body['id']}"
    assert (body["name"], body["status"], body["progress"], body["tenantId"]) == ("Research four", "running", 0, "acme")
    assert body["counts"] == {
        "total": 4, "waiting": 4, "active": 0, "completed": 0, "failed": 0, "cancelled": 0, "removed": 0,
    }  # fmt: skip
    assert [(job["name"], job["status"], job["dependsOn"]) for job in body["jobs"]] == [
        ("a", "waiting", []),
        ("b", "delayed", ["a"]),
        ("c", "delayed", ["a"]),
        ("d", "delayed", ["b", "c"]),
    ]


def test_a_workflow_is_polled_to_its_end(member: APIClient) -> None:
    path = diamond(member)["Location"]
    run("a", "b")
    half = member.get(path)
    assert (half.json()["progress"], half["Retry-After"]) == (50, "2")
    run("c", "d")

    done = member.get(path)

    assert (done.json()["status"], done.json()["progress"]) == ("completed", 100)
    assert done.json()["finishedAt"] is not None
    assert "Retry-After" not in done
    listed = member.get("/api/workflows?status=completed").json()
    assert [row["id"] for row in listed["workflows"]] == [done.json()["id"]]
    assert "jobs" not in listed["workflows"][0]
    assert member.get("/api/workflows?status=running").json()["workflows"] == []


def test_mistakes_are_named_by_their_path_and_nothing_is_stored(member: APIClient) -> None:
    def fields(**body: Any) -> set[str]:
        answer = declare(member, **body)
        assert answer.status_code == 400
        return set(answer.json()["error"]["fields"])

    assert fields(jobs={"a": item(dependsOn=["b"]), "b": item(dependsOn=["a"])}) == {"jobs.a.dependsOn"}
    assert fields(sequence=[item(), {"parallel": [{"type": "test-note", "data": {"companyId": ""}}]}]) == {
        "sequence.1.parallel.0.data.companyId"
    }
    assert fields(sequence=[{"type": "test-internal"}]) == {"sequence.0.type"}
    assert fields(sequence=[{"type": "nope"}]) == {"sequence.0.type"}
    assert fields(sequence=[item()], id="no spaces") == {"id"}
    assert fields(sequence=[item()], colour="red") == {"colour"}
    assert not Job.objects.exists()


def test_a_job_for_another_tenant_is_refused(member: APIClient, globex: Any) -> None:
    body = item()
    body["data"]["tenantId"] = "globex"

    assert declare(member, sequence=[item(), body]).status_code == 403
    assert not Job.objects.exists()


def test_the_same_id_answers_with_the_existing_workflow(member: APIClient, client_of: NewClient) -> None:
    diamond(member, id="once")

    again = diamond(member, id="once")

    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert Job.objects.count() == 4
    other = diamond(client_of("other@example.com"), id="once")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "workflow_id_in_use")


def test_a_workflow_is_cancelled_and_retried_as_a_whole(member: APIClient) -> None:
    path = diamond(member)["Location"]

    cancelled = member.delete(f"{path}?action=cancel")
    assert (cancelled.status_code, cancelled.json()["changed"]) == (202, 4)
    assert member.get(path).json()["status"] == "cancelled"
    assert member.delete(f"{path}?action=cancel").status_code == 409
    retried = member.delete(f"{path}?action=retry")

    assert retried.status_code == 202
    assert [job["status"] for job in retried.json()["jobs"]] == ["waiting", "delayed", "delayed", "delayed"]
    assert member.delete(f"{path}?action=retry").status_code == 409


def test_anothers_workflow_answers_byte_for_byte_like_none(
    member: APIClient, client_of: NewClient, globex: Any
) -> None:
    path = diamond(member, id="theirs")["Location"]
    strangers = (
        client_of("colleague@example.com"),
        client_of("boss@example.com", role="tenant-admin", organisation=globex),
    )

    for client in strangers:
        for method in (client.get, client.delete):
            theirs, unknown = method(path), method("/api/workflows/unknown")
            assert (theirs.status_code, theirs.content) == (404, unknown.content)
        assert client.get("/api/workflows").json()["workflows"] == []
    assert client_of("chief@example.com", role="tenant-admin").get(path).status_code == 200
    assert not Job.objects.filter(status="cancelled").exists()


def test_a_dependency_must_be_visible_to_the_caller(member: APIClient, client_of: NewClient) -> None:
    post(member, note(jobId="mine"))

    mine = post(member, note(dependsOn=["mine"]))
    assert (mine.status_code, mine.json()["delayReason"], mine.json()["blockedBy"]) == (202, "dependency", ["mine"])
    theirs = post(client_of("other@example.com"), note(dependsOn=["mine"]))
    unknown = post(member, note(dependsOn=["nowhere"]))

    for answer in (theirs, unknown):
        assert answer.status_code == 400
        assert set(answer.json()["error"]["fields"]) == {"options.dependsOn"}
    assert post(member, note(jobId="self", dependsOn=["self"])).status_code == 400
    assert post(member, note(onDependencyFailure="continue")).status_code == 400
    assert post(member, note(dependsOn="mine")).status_code == 400


def test_a_batch_with_a_callback_has_a_resource_with_progress(member: APIClient, client_of: NewClient) -> None:
    body = {"type": "test-note", "items": [{"companyId": "1"}, {"companyId": "2", "text": "fail"}]}

    made = post(member, body | {"name": "Two", "onComplete": {"type": "test-plain"}}, "/api/jobs/batch")

    assert made.status_code == 202
    batch = made.json()["batch"]
    assert (batch["name"], batch["counts"]["total"], batch["callback"]["status"]) == ("Two", 2, "delayed")
    for job in made.json()["jobs"]:
        execution.run(Job.objects.get(public_id=job["id"]).id)
    now = member.get(batch["pollUrl"] + "?include=jobs").json()
    assert (now["status"], now["counts"]["failed"], now["callback"]["status"]) == ("failed", 1, "waiting")
    assert [job["status"] for job in now["jobs"]] == ["completed", "failed"]
    callback = member.get(f"/api/jobs/{now['callback']['id']}").json()
    assert callback["data"]["batch"] == {
        "id": batch["id"], "total": 2, "completed": 1, "failed": 1, "cancelled": 0, "removed": 0,
    }  # fmt: skip
    assert [row["id"] for row in member.get("/api/batches").json()["batches"]] == [batch["id"]]
    assert member.get("/api/workflows").json()["workflows"] == []
    assert client_of("other@example.com").get(batch["pollUrl"]).status_code == 404


def test_a_wrong_callback_is_refused_whole(member: APIClient) -> None:
    body = {"type": "test-note", "items": [{"companyId": "1"}]}
    for wrong, field in (
        ({"type": "nope"}, "onComplete.type"),
        ({"type": "test-internal"}, "onComplete.type"),
        ({"type": "test-note", "data": {}}, "onComplete.data.companyId"),
        ({"type": "test-plain", "options": {"priority": -5}}, "onComplete.options.priority"),
        ({"type": "test-plain", "options": {"dependsOn": ["x"]}}, "onComplete.options.dependsOn"),
        ([], "onComplete"),
    ):
        answer = post(member, body | {"onComplete": wrong}, "/api/jobs/batch")
        assert (answer.status_code, list(answer.json()["error"]["fields"])) == (400, [field])
    assert not Job.objects.exists()


def test_without_queues_a_workflow_runs_within_the_request(member: APIClient, settings: Any) -> None:
    settings.USE_QUEUE_PROCESSING = False

    answer = diamond(member)

    assert (answer.status_code, answer.json()["status"]) == (200, "completed")
    assert Workflow.objects.get().completed == 4


# --- The command line and the admin ---------------------------------------------------------------
def command(*words: str) -> str:
    out = io.StringIO()
    call_command("workflows", *words, stdout=out)
    return out.getvalue()


def test_workflows_are_listed_shown_cancelled_and_retried_by_command(member: APIClient) -> None:
    workflow_id = diamond(member).json()["id"]

    assert workflow_id in command("list")
    assert "There are no workflows." in command("list", "--status", "failed")
    shown = command("show", workflow_id)
    assert "b, c" in shown
    assert json.loads(command("show", workflow_id, "--json"))["counts"]["total"] == 4
    assert "4 jobs cancelled" in command("cancel", workflow_id)
    with pytest.raises(CommandError, match="nothing is left"):
        command("cancel", workflow_id)
    assert json.loads(command("retry", workflow_id, "--json"))["status"] == "running"
    with pytest.raises(CommandError, match="no workflow"):
        command("show", "nowhere")


def test_an_admin_looks_at_workflows_and_cancels_them(member: APIClient) -> None:
    diamond(member, id="wf-admin")
    client = Client()
    client.force_login(User.objects.create_user("root@example.com", role="admin"))
    row = Workflow.objects.get()

    assert "wf-admin" in client.get("/admin/jobs/workflow/").content.decode()
    assert client.get(f"/admin/jobs/workflow/{row.pk}/change/").status_code == 200
    chosen = {"action": "cancel", "_selected_action": [row.pk]}
    said = client.post("/admin/jobs/workflow/", chosen, follow=True).content.decode()

    assert "Cancelled 4 jobs of 1 of 1 workflows." in said
    assert Workflow.objects.get().status == "cancelled"
