"""Jobs in Django admin: for admins, through the same verbs, and only to look at."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from jobs.models import Attempt, Event, Job, QueueState, Worker

from .conftest import note, post, set_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

JOBS = "/admin/jobs/job/"


def signed_in(email: str, **values: Any) -> Client:
    user = User.objects.create_user(email, **values)
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def boss(db: None) -> Client:
    return signed_in("boss@example.com", role="admin")


@pytest.fixture
def staff(settings: Any) -> Client:
    """Staff by e-mail domain, without the role."""
    settings.ADMIN_EMAIL_DOMAIN = "example.com"
    return signed_in("staff@example.com", email_verified=True)


@pytest.fixture
def job_id(member: APIClient) -> str:
    return str(post(member, note("<script>alert(1)</script>")).json()["id"])


@pytest.mark.parametrize("model", ["job", "attempt", "event", "queuestate", "worker"])
def test_lists_and_pages_open_for_admins_only(boss: Client, staff: Client, model: str, job_id: str) -> None:
    from django.utils import timezone

    job = Job.objects.get(public_id=job_id)
    rows = {
        "job": job,
        "attempt": Attempt.objects.create(job_id=job.id, run=1, attempt=1, worker="w", started_at=timezone.now()),
        "event": Event.objects.first(),
        "queuestate": QueueState.objects.create(queue="scoring"),
        "worker": Worker.objects.create(name="w", host="h", pid=1),
    }

    for path in (f"/admin/jobs/{model}/", f"/admin/jobs/{model}/{rows[model].pk}/change/"):
        assert boss.get(path).status_code == 200
        assert staff.get(path).status_code == 403
        assert signed_in(f"{path}@example.org").get(path).status_code == 302
        assert Client().get(path).status_code == 302


def test_nothing_can_be_added_changed_or_deleted_by_form(boss: Client, job_id: str) -> None:
    key = Job.objects.get().pk

    assert boss.get(f"{JOBS}add/").status_code == 403
    assert boss.post(f"{JOBS}{key}/delete/", {"post": "yes"}).status_code == 403
    assert boss.post(f"{JOBS}{key}/change/", {"priority": 5}).status_code == 403
    assert Job.objects.get().priority == 0


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("?q=comp_1", True),
        ("?q=comp_2", False),
        ("?status=waiting", True),
        ("?status=failed", False),
        ("?queue=scoring", True),
        ("?queue=research", False),
        ("?type=test-note", True),
        ("?type=test-gated", False),
        ("?archived__exact=0", True),
        ("?archived__exact=1", False),
        ("?o=-9", True),
    ],
)
def test_jobs_are_searched_and_filtered(boss: Client, job_id: str, query: str, listed: bool) -> None:
    answer = boss.get(f"{JOBS}{query}", follow=True)

    assert answer.status_code == 200
    assert [job.public_id for job in answer.context["cl"].result_list] == ([job_id] if listed else [])


def test_a_search_finds_by_id_related_id_and_user(boss: Client, job_id: str, member: APIClient) -> None:
    for word in (job_id, "comp_1", member.user_id):  # type: ignore[attr-defined]
        assert job_id in boss.get(f"{JOBS}?q={word}").content.decode()
    assert job_id not in boss.get(f"{JOBS}?q=nothing").content.decode()


def test_a_ready_job_of_a_paused_queue_is_listed_as_paused(boss: Client, job_id: str) -> None:
    QueueState.objects.create(queue="scoring", paused=True)

    assert job_id in boss.get(f"{JOBS}?status=paused").content.decode()
    assert job_id not in boss.get(f"{JOBS}?status=waiting").content.decode()


def test_what_users_wrote_is_shown_as_text(boss: Client, job_id: str) -> None:
    page = boss.get(f"{JOBS}{Job.objects.get().pk}/change/").content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    ("action", "before", "after", "audit"),
    [
        ("retry", "failed", "waiting", "job.retry"),
        ("cancel", "waiting", "cancelled", "job.cancel"),
        ("raise_to_urgent", "waiting", "waiting", "job.reprioritise"),
        ("remove", "completed", None, "job.remove"),
    ],
)
def test_selected_jobs_are_acted_on_in_the_admins_name(
    boss: Client, member: APIClient, action: str, before: str, after: str | None, audit: str
) -> None:
    ids = [str(post(member, note()).json()["id"]) for _ in range(2)]
    for job_id in ids:
        set_job(job_id, status=before)

    body = {"action": action, "_selected_action": list(Job.objects.values_list("pk", flat=True))}
    answer = boss.post(JOBS, body, follow=True)

    assert "2 of 2 jobs" in answer.content.decode()
    assert list(Job.objects.values_list("status", flat=True)) == ([after] * 2 if after else [])
    assert AuditEntry.objects.filter(action=audit, actor_name="boss@example.com").count() == 1
    if action == "raise_to_urgent":
        assert set(Job.objects.values_list("priority", flat=True)) == {1000}


def test_what_a_state_forbids_is_left_alone_and_told(boss: Client, job_id: str) -> None:
    body = {"action": "retry", "_selected_action": [Job.objects.get().pk]}

    answer = boss.post(JOBS, body, follow=True)

    assert "Retried 0 of 1 jobs. Only failed and cancelled jobs can be." in answer.content.decode()


def test_an_action_by_get_or_by_staff_changes_nothing(boss: Client, staff: Client, job_id: str) -> None:
    key = Job.objects.get().pk

    boss.get(f"{JOBS}?action=cancel&_selected_action={key}", follow=True)
    assert staff.post(JOBS, {"action": "cancel", "_selected_action": [key]}).status_code == 403

    assert Job.objects.get().status == "waiting"


def test_queues_are_paused_and_resumed_in_the_admin(boss: Client) -> None:
    QueueState.objects.create(queue="scoring")
    path = "/admin/jobs/queuestate/"

    boss.post(path, {"action": "pause", "_selected_action": ["scoring"]})
    assert QueueState.objects.get().paused
    boss.post(path, {"action": "resume", "_selected_action": ["scoring"]})
    assert not QueueState.objects.get().paused
