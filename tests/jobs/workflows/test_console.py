"""The console's pages of workflows: seen by admins, acted on by who operates, live without repeating itself."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from jobs import execution
from jobs.console.workflows import job_workflow
from jobs.library import chain, enqueue, enqueue_batch_then, enqueue_workflow, group, step
from jobs.models import Job
from jobs.workflows.models import Step, Workflow

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

BASE = "/api/admin/bull-board/workflows"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_user("admin@example.com", role="admin"))
    return client


def diamond() -> Workflow:
    def noop(name: str) -> Any:
        return step("diag-noop", name=name, queue="scoring")

    return enqueue_workflow(chain(noop("a"), group(noop("b"), noop("c")), noop("d")), name="<Diamond>").workflow


def test_the_list_is_filtered_by_links(admin: Client) -> None:
    workflow = diamond()
    batch = enqueue_batch_then("diag-noop", [{}], step("diag-noop"), name="Ones", queue="scoring").workflow

    page = admin.get(BASE).content.decode()
    assert workflow.public_id in page
    assert batch.public_id in page
    assert "&lt;Diamond&gt;" in page
    assert batch.public_id not in admin.get(f"{BASE}?kind=workflow").content.decode()
    assert "No workflow matches" in admin.get(f"{BASE}?status=completed").content.decode()
    assert workflow.public_id not in admin.get(f"{BASE}?name=ones&page=x").content.decode()


def test_a_workflow_is_drawn_with_a_reachable_box_for_each_step(admin: Client) -> None:
    workflow = diamond()
    execution.run(Step.objects.get(name="a").job_id)

    page = admin.get(f"{BASE}/{workflow.public_id}").content.decode()

    svg = page.partition("workflow-graph")[2].partition("</svg>")[0]
    assert svg.count("<rect") == 4
    assert svg.count("<path") == 4
    assert svg.count("<a href=") == 4
    assert "a: completed, diag-noop" in svg
    assert "d: delayed, diag-noop, waits for b, c" in svg
    assert "style=" not in page[page.index("<main") :]


def test_a_poll_that_would_show_the_same_is_answered_with_nothing(admin: Client) -> None:
    workflow = diamond()
    page = admin.get(f"{BASE}/{workflow.public_id}").content.decode()
    poll = re.search(r'hx-get="([^"]+seen=[^"]+)"', page)
    assert poll is not None
    path = poll[1].replace("&amp;", "&")

    assert admin.get(path, headers={"HX-Request": "true"}).status_code == 204
    execution.run(Step.objects.get(name="a").job_id)
    changed = admin.get(path, headers={"HX-Request": "true"})

    assert changed.status_code == 200
    assert "is-completed" in changed.content.decode()


def test_an_operator_cancels_and_retries_the_whole(admin: Client) -> None:
    workflow = diamond()

    assert admin.post(f"{BASE}/{workflow.public_id}/cancel").status_code == 302
    assert Workflow.objects.get().status == "cancelled"
    # It has ended: nothing asks for it again.
    assert "hx-get" not in admin.get(f"{BASE}/{workflow.public_id}").content.decode().partition("<main")[2]
    assert admin.post(f"{BASE}/{workflow.public_id}/retry").status_code == 302

    assert Workflow.objects.get().status == "running"
    actions = AuditEntry.objects.filter(target_type="workflow").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["workflow.cancel", "workflow.retry"]


def test_who_only_reads_sees_no_action_and_may_do_none(admin: Client, settings: Any) -> None:
    settings.CONSOLE_READ_ONLY = True
    workflow = diamond()

    page = admin.get(f"{BASE}/{workflow.public_id}").content.decode()

    assert "Cancel all" not in page
    assert admin.post(f"{BASE}/{workflow.public_id}/cancel").status_code == 403
    assert Workflow.objects.get().cancel_requested_at is None


def test_a_workflow_that_is_not_there_is_not_found(admin: Client) -> None:
    assert admin.get(f"{BASE}/wf_nowhere").status_code == 404
    assert admin.post(f"{BASE}/wf_nowhere/cancel").status_code == 404


def test_a_large_batch_lists_what_wants_a_look_first(admin: Client) -> None:
    batch = enqueue_batch_then("diag-fail", [{}] * 250, step("diag-noop"), queue="scoring", attempts=1)
    last = batch.jobs[-1]
    Job.objects.filter(pk=last.key).update(data={"errorClass": "VALIDATION_ERROR"})
    execution.run(last.key)

    page = admin.get(f"{BASE}/{batch.workflow.public_id}").content.decode()

    assert "50 more are not listed" in page
    assert page.count("<li>") >= 200
    assert "asked to fail" in page
    assert "<svg width" not in page
    # The bar shows what failed as failed, beside what has not ended.
    assert '<rect class="is-failed" x="0" width="1" height="1"/></svg>' in page
    assert "0 percent of the jobs have ended, 1 of 250 failed" in page


def test_a_jobs_page_leads_to_its_workflow_and_says_what_it_waits_for(admin: Client) -> None:
    workflow = diamond()
    of_name = dict(Step.objects.values_list("name", "public_id"))

    page = admin.get(f"/api/admin/bull-board/jobs/{of_name['b']}").content.decode()

    assert f'href="{BASE}/{workflow.public_id}"' in page
    assert f"It waits for the job {of_name['a']} to end." in page
    alone = enqueue("diag-noop", {})
    assert job_workflow(alone.job()) == {}
