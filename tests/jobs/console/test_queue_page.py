"""A queue's page: its jobs by state, its limits, and what an operator does to it."""

import pytest
from django.test import Client

from accounts.models import AuditEntry
from jobs.models import Job, QueueState
from jobs.overrides.models import OverrideChange
from jobs.policy import policy_of

from .pages import BASE, a_job, text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_clean", "diagnostic_types")]
URL = f"{BASE}/queues/scoring"
LIMITS = {"concurrency": "10", "cap": "", "count": "", "window": "1", "unit": "min"}


def test_a_failed_job_is_found_under_its_tab_and_runs_again(operator: Client) -> None:
    """R-DASH-02: open queue, Failed, select, Retry."""
    a_job("job_bad", "failed", type="diag-noop", error_type="TIMEOUT", error_message="it took <b>too</b> long")
    a_job("job_good", "completed")

    html = text(operator, "queues/scoring?tab=failed")
    assert 'value="job_bad"' in html
    assert "job_good" not in html
    assert "it took &lt;b&gt;too&lt;/b&gt; long" in html
    answer = operator.post(f"{URL}/jobs", {"verb": "retry", "job": ["job_bad"]}, follow=True)

    assert "1 job runs again." in answer.content.decode()
    assert Job.objects.get(public_id="job_bad").status == "waiting"
    assert AuditEntry.objects.get().action == "job.retry"


def test_jobs_of_another_queue_are_not_touched(operator: Client) -> None:
    a_job("elsewhere", "failed", type="diag-noop", queue="signals")

    operator.post(f"{URL}/jobs", {"verb": "remove", "job": ["elsewhere"]})

    assert Job.objects.filter(public_id="elsewhere").exists()


def test_pausing_with_a_reason_and_resuming(operator: Client) -> None:
    operator.post(f"{URL}/pause", {"reason": "the vendor is down"})
    assert "Paused by op@example.com" in text(operator, "queues/scoring")
    state = QueueState.objects.get(queue="scoring")
    assert (state.paused, state.pause_reason) == (True, "the vendor is down")

    operator.post(f"{URL}/resume")

    state.refresh_from_db()
    assert (state.paused, state.pause_reason) == (False, "")
    details = list(AuditEntry.objects.order_by("id").values_list("action", "details"))
    assert details == [
        ("queue.pause", {"changed": True, "reason": "the vendor is down"}),
        ("queue.resume", {"changed": True}),
    ]


def test_a_reason_that_is_too_long_pauses_nothing_and_says_so(operator: Client) -> None:
    answer = operator.post(f"{URL}/pause", {"reason": "x" * 301}, follow=True)

    assert "scoring is not paused. The reason has 301 characters; say it in at most 300." in answer.content.decode()
    assert not QueueState.objects.filter(queue="scoring", paused=True).exists()
    assert not AuditEntry.objects.exists()


def test_a_limit_is_edited_and_reverted(operator: Client) -> None:
    form = LIMITS | {"concurrency": "4", "cap": "6", "count": "30", "window": "2", "reason": "less"}

    operator.post(f"{URL}/limits", form)

    rules = policy_of("scoring")
    assert (rules.concurrency, rules.max_concurrency) == (4, 6)
    assert rules.start_limit
    assert (rules.start_limit.count, rules.start_limit.window_ms) == (30, 120_000)
    html = text(operator, "queues/scoring")
    assert "Slots per worker manager 10 → 4" in html
    assert "less" in html

    operator.post(f"{URL}/limits/revert", {"setting": "concurrency"})
    assert (policy_of("scoring").concurrency, policy_of("scoring").max_concurrency) == (10, 6)
    operator.post(f"{URL}/limits/revert")
    assert policy_of("scoring").max_concurrency is None
    assert OverrideChange.objects.count() == 6


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"concurrency": "0"}, "from 1 to 100"),
        ({"concurrency": "many"}, "from 1 to 100"),
        ({"cap": "-1"}, "or null for no cap"),
        ({"count": "5", "window": "0"}, "positive whole numbers"),
        ({"count": "5", "unit": "eons"}, "positive whole numbers"),
    ],
)
def test_a_wrong_limit_comes_back_with_its_mistake(operator: Client, wrong: dict[str, str], sentence: str) -> None:
    answer = operator.post(f"{URL}/limits", LIMITS | wrong, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not OverrideChange.objects.exists()


def test_an_unchanged_form_changes_nothing(operator: Client) -> None:
    operator.post(f"{URL}/limits", LIMITS)

    assert not OverrideChange.objects.exists()


def test_cleaning_tells_its_number_first(operator: Client) -> None:
    for number in range(3):
        a_job(f"done-{number}", "completed")
    options = {"type": "completed", "grace": "0", "limit": "2"}

    preview = operator.get(f"{URL}/clean/preview", options).content.decode()
    assert "<b>2</b> completed jobs would be removed" in preview
    assert Job.objects.count() == 3
    operator.post(f"{URL}/clean", options)

    assert Job.objects.count() == 1
    wrong = operator.get(f"{URL}/clean/preview", options | {"grace": "soon"}).content.decode()
    assert "The age in hours must be a number" in wrong
    operator.post(f"{URL}/clean", {"type": "active"})
    assert Job.objects.count() == 1


def test_all_failed_jobs_run_again(operator: Client) -> None:
    a_job("one", "failed", type="diag-noop"), a_job("two", "failed", type="diag-noop")

    operator.post(f"{URL}/retry-failed")

    assert set(Job.objects.values_list("status", flat=True)) == {"waiting"}


@pytest.mark.parametrize("path", ["pause", "resume", "retry-failed", "clean", "limits", "limits/revert", "jobs"])
def test_a_get_changes_nothing_and_a_reader_may_not_post(operator: Client, reader: Client, path: str) -> None:
    a_job("one", "failed")

    assert operator.get(f"{URL}/{path}").status_code == 405
    assert reader.post(f"{URL}/{path}", {"verb": "remove", "job": ["one"]}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = operator.cookies
    assert strict.post(f"{URL}/{path}").status_code == 403

    assert Job.objects.get().status == "failed"
    assert not AuditEntry.objects.filter(target_type="queue").exists()


def test_a_reader_sees_everything_and_no_button(reader: Client) -> None:
    a_job("one", "failed")

    html = text(reader, "queues/scoring?tab=failed")

    assert "one" in html
    assert 'method="post" action="/api/admin/bull-board/queues/scoring/pause' not in html
    assert "data-check" not in html
    assert "Edit limits" not in html
    assert "scoring" in text(reader, "queues")


def test_an_unknown_queue_is_no_page(operator: Client) -> None:
    assert operator.get(f"{BASE}/queues/nope").status_code == 404
    assert operator.post(f"{BASE}/queues/nope/pause").status_code == 404


def test_the_history_of_limits_is_in_the_admin_and_cannot_be_edited_there(operator: Client) -> None:
    operator.post(f"{URL}/limits", LIMITS | {"concurrency": "4", "reason": "less"})
    change = OverrideChange.objects.get()

    for model in ("overridechange", "queueoverride", "deploy"):
        assert operator.get(f"/admin/jobs/{model}/").status_code == 200
    assert "less" in operator.get("/admin/jobs/overridechange/").content.decode()
    assert operator.get("/admin/jobs/overridechange/add/").status_code == 403
    assert operator.post(f"/admin/jobs/overridechange/{change.pk}/delete/", {"post": "yes"}).status_code == 403
