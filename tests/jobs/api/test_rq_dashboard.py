"""RQ's dashboard: who may open it, what it shows of the ledger, and what its buttons do there."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from jobs.connections import client
from jobs.models import Job
from jobs.rq_dashboard.pages import queue_names

from .conftest import note, post, set_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

PAGES = [
    "/django-rq/",
    "/django-rq/queues/0/",
    "/django-rq/queues/0/failed/",
    "/django-rq/queues/0/scheduled/",
    "/django-rq/stats.json",
    "/django-rq/stats.json/token/",
    "/django-rq/workers/0/",
    "/admin/django_rq/dashboard/",
    "/admin/django_rq/dashboard/queues/0/",
    "/admin/django_rq/dashboard/queues/0/details/",
    "/admin/django_rq/dashboard/stats.json",
]
BOTH = ("/django-rq/queues", "/admin/django_rq/dashboard/queues")
SCORING = queue_names().index("scoring")


def signed_in(email: str, **values: Any) -> Client:
    browser = Client()
    browser.force_login(User.objects.create_user(email, **values))
    return browser


@pytest.fixture
def boss(db: None) -> Client:
    return signed_in("boss@example.org", role="admin")


@pytest.fixture
def staff(settings: Any) -> Client:
    """One whose verified address is of the admin domain, without the role."""
    settings.ADMIN_EMAIL_DOMAIN = "example.com"
    return signed_in("staff@example.com", email_verified=True)


@pytest.fixture
def job(member: APIClient) -> Job:
    return Job.objects.get(public_id=post(member, note()).json()["id"])


def in_state(job: Job, status: str) -> Job:
    values: dict[str, Any] = {}
    if status == "delayed":
        values = {"delay_reason": "retry", "run_at": timezone.now() + timedelta(hours=1)}
    set_job(job.public_id, status=status, **values)
    return job


# --- Who ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_admins_and_the_admin_domain_only(boss: Client, staff: Client, path: str) -> None:
    stranger = Client().get(path)

    assert stranger.status_code == 302
    assert "next=" in stranger["Location"]
    assert boss.get(path, follow=True).status_code == 200
    assert staff.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("email", ["a@evil-example.com", "a@example.com.evil.io", "unverified@example.com"])
def test_other_addresses_are_refused(staff: Client, email: str) -> None:
    other = signed_in(email, email_verified=not email.startswith("unverified"))

    assert {other.get(path).status_code for path in PAGES if path.startswith("/django-rq")} == {403}


@pytest.mark.parametrize("place", BOTH)
@pytest.mark.parametrize("button", ["empty", "requeue-all", "failed/clear"])
def test_buttons_are_for_the_admin_role(staff: Client, job: Job, place: str, button: str) -> None:
    assert staff.post(f"{place}/{SCORING}/{button}/", {"post": "yes"}).status_code == 403
    assert Job.objects.count() == 1


def test_every_page_is_guarded_at_both_places() -> None:
    from django.urls import get_resolver

    guarded = []

    def walk(patterns: Any, prefix: str = "") -> None:
        for item in patterns:
            path = prefix + str(item.pattern)
            if hasattr(item, "url_patterns"):
                walk(item.url_patterns, path)
            elif path.startswith(("django-rq/", "admin/django_rq/")):
                guarded.append((path, getattr(item.callback, "__wrapped__", None)))

    walk(get_resolver().url_patterns)

    assert len(guarded) > 40
    assert all(inner is not None for _, inner in guarded), guarded


# --- What it shows --------------------------------------------------------------------------------
def test_it_lists_all_queues(boss: Client) -> None:
    page = boss.get("/django-rq/").content.decode()

    assert all(queue in page for queue in settings.RQ_QUEUES)
    assert len(settings.RQ_QUEUES) == 17


@pytest.mark.parametrize(
    ("status", "registry"),
    [("failed", "failed"), ("dead", "failed"), ("completed", "finished"), ("delayed", "scheduled")],
)
def test_its_registries_show_the_ledgers_jobs(boss: Client, job: Job, status: str, registry: str) -> None:
    in_state(job, status)

    page = boss.get(f"/django-rq/queues/{SCORING}/{registry}/").content.decode()

    assert f"/django-rq/queues/{SCORING}/{job.pk}/" in page
    assert job.public_id in boss.get(f"/django-rq/queues/{SCORING}/{job.pk}/").content.decode()


def test_nothing_that_users_wrote_reaches_redis(boss: Client, member: APIClient) -> None:
    job = in_state(Job.objects.get(public_id=post(member, note("a secret of mine")).json()["id"]), "failed")
    Job.objects.update(error={"message": "a secret of mine"}, error_message="a secret of mine")

    page = boss.get(f"/django-rq/queues/{SCORING}/{job.pk}/")
    stored = [client().hgetall(key) for key in client().keys("rq:job:*")]

    assert page.status_code == 200
    assert stored
    assert "a secret of mine" not in str(stored)


def test_what_it_wrote_to_redis_vanishes_by_itself(boss: Client, job: Job) -> None:
    in_state(job, "failed")

    boss.get("/django-rq/")

    assert 0 < client().ttl("rq:failed:scoring") <= 300
    assert 0 < client().ttl(f"rq:job:{job.pk}") <= 300


# --- What its buttons do --------------------------------------------------------------------------
@pytest.mark.parametrize("place", BOTH)
@pytest.mark.parametrize(
    ("button", "before", "after", "audit"),
    [
        ("requeue", "failed", "waiting", "job.retry"),
        ("delete", "completed", None, "job.remove"),
        ("stop", "waiting", "cancelled", "job.cancel"),
        ("requeue", "dead", "dead", None),
        ("requeue", "completed", "completed", None),
        ("stop", "completed", "completed", None),
    ],
)
def test_a_button_of_a_job_follows_the_ledgers_rules(
    boss: Client, job: Job, place: str, button: str, before: str, after: str | None, audit: str | None
) -> None:
    in_state(job, before)
    boss.get(f"{place}/{SCORING}/failed/")

    answer = boss.post(f"{place}/{SCORING}/{job.pk}/{button}/", {"post": "yes"}, follow=True)

    assert answer.status_code == 200
    assert list(Job.objects.values_list("status", flat=True)) == ([after] if after else [])
    entries = AuditEntry.objects.filter(action__startswith="job.").values_list("action", "actor_name")
    assert list(entries) == ([(audit, "boss@example.org")] if audit else [])


@pytest.mark.parametrize(
    ("button", "before", "after"),
    [("empty", "waiting", None), ("requeue-all", "failed", "waiting"), ("failed/clear", "failed", None)],
)
def test_a_button_of_a_queue_works_on_its_jobs(
    boss: Client, job: Job, button: str, before: str, after: str | None
) -> None:
    in_state(job, before)

    boss.post(f"/django-rq/queues/{SCORING}/{button}/", {"post": "yes"})

    assert list(Job.objects.values_list("status", flat=True)) == ([after] if after else [])


def test_several_selected_jobs_are_acted_on_together(boss: Client, member: APIClient) -> None:
    ids = [post(member, note()).json()["id"] for _ in range(2)]
    for job_id in ids:
        set_job(job_id, status="failed")
    keys = list(Job.objects.values_list("pk", flat=True))

    asked = boss.post(f"/django-rq/queues/confirm-action/{SCORING}/", {"action": "requeue", "_selected_action": keys})
    done = boss.post(f"/django-rq/queues/actions/{SCORING}/", {"action": "requeue", "job_ids": keys}, follow=True)

    assert asked.status_code in {200, 302}
    assert "Requeued 2 of 2 jobs." in done.content.decode()
    assert set(Job.objects.values_list("status", flat=True)) == {"waiting"}


def test_a_button_pressed_by_get_changes_nothing(boss: Client, job: Job) -> None:
    in_state(job, "failed")
    boss.get(f"/django-rq/queues/{SCORING}/failed/")

    boss.get(f"/django-rq/queues/{SCORING}/{job.pk}/requeue/")

    assert Job.objects.get().status == "failed"


def test_a_form_of_another_site_is_refused(job: Job) -> None:
    User.objects.create_user("boss2@example.org", role="admin")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(email="boss2@example.org"))

    assert browser.post(f"/django-rq/queues/{SCORING}/empty/", {"post": "yes"}).status_code == 403
    assert Job.objects.count() == 1


def test_the_way_back_never_leaves_the_site(boss: Client, job: Job) -> None:
    answer = boss.post(
        f"/django-rq/queues/actions/{SCORING}/",
        {"action": "stop", "job_ids": [job.pk], "next_url": "https://elsewhere.example/"},
    )

    assert answer["Location"] == f"/django-rq/queues/{SCORING}/"
