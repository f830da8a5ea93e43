"""One job: all that happened to it, and all that can be done about it."""

import json

import pytest

from accounts.models import AuditEntry
from jobs.library import enqueue
from jobs.models import Job
from jobs.testing import run_again

from .conftest import BASE


def test_every_attempt_is_shown_with_its_error_and_what_came_between(operator, make, html):
    job = make("diag-fail", errorClass="NETWORK_ERROR", times=1)
    job = run_again(job)

    page = html(operator, f"jobs/{job.public_id}")

    for part in (
        "Enqueued",
        "Attempt 1 started",
        "Attempt failed",
        "Attempt 2 started",
        "Completed",
        "next attempt in",
    ):
        assert part in page
    assert page.count('class="attempt"') == 2
    assert "asked to fail, attempt 1" in page
    assert "Traceback (most recent call last)" in page


def test_a_job_that_waits_says_why(operator, make, html):
    handle = enqueue("diag-noop", {}, delay=600_000, job_id="refresh:acme.1")

    page = html(operator, f"jobs/{handle.id}")

    assert "It was enqueued with a delay and is due <time" in page
    assert html(operator, "jobs/refresh%3Aacme.1") is not None
    assert operator.get(f"{BASE}/jobs/unknown").status_code == 404


@pytest.mark.parametrize(
    ("status", "verb", "body", "after", "action"),
    [
        ("failed", "retry", {}, "waiting", "job.retry"),
        ("dead", "retry", {"force": "true"}, "waiting", "job.retry"),
        ("failed", "bury", {}, "dead", "job.bury"),
        ("waiting", "cancel", {}, "cancelled", "job.cancel"),
        ("delayed", "run-now", {}, "waiting", "job.run-now"),
        ("failed", "remove", {}, None, "job.remove"),
    ],
)
def test_actions_change_the_job_and_are_audited(operator, make, status, verb, body, after, action):
    if status in {"failed", "dead"}:
        job = make("diag-fail", errorClass="API_ERROR")
        Job.objects.filter(pk=job.pk).update(status=status)
    else:
        job = enqueue("diag-noop", {}, delay=600_000 if status == "delayed" else None).job()

    answer = operator.post(f"{BASE}/jobs/{job.public_id}/{verb}", body)

    assert answer.status_code == 302
    assert Job.objects.filter(pk=job.pk).values_list("status", flat=True).first() == after
    entry = AuditEntry.objects.get(action=action)
    assert (entry.target_id, entry.actor_name) == (job.public_id, "op@example.com")


def test_a_waiting_job_is_raised_to_urgent_and_runs_next(operator, make):
    jobs = [enqueue("diag-noop", {}).job() for _ in range(2)]

    operator.post(f"{BASE}/jobs/{jobs[1].public_id}/priority", {"priority": "urgent"})

    assert Job.objects.filter(status="waiting").order_by("-priority", "id").first() == jobs[1]
    assert Job.objects.get(pk=jobs[1].pk).priority == 1000


def test_a_get_or_a_reader_changes_nothing(operator, reader, make):
    job = make("diag-fail", errorClass="API_ERROR")

    for verb in ("retry", "bury", "remove", "cancel", "reveal"):
        assert operator.get(f"{BASE}/jobs/{job.public_id}/{verb}").status_code == 302
        assert reader.post(f"{BASE}/jobs/{job.public_id}/{verb}").status_code == 403
    assert reader.post(f"{BASE}/jobs/{job.public_id}/rerun", {"data": "{}"}).status_code == 403
    assert list(Job.objects.values_list("status", flat=True)) == ["failed"]
    assert not AuditEntry.objects.exists()


def test_secrets_are_hidden_until_they_are_revealed_which_is_audited(operator, make, html):
    job = make("diag-noop")
    Job.objects.filter(pk=job.pk).update(data={"apiKey": "hunter2", "name": "Acme"})

    assert "hunter2" not in html(operator, f"jobs/{job.public_id}")
    assert not AuditEntry.objects.exists()
    shown = operator.post(f"{BASE}/jobs/{job.public_id}/reveal").content.decode()

    assert "hunter2" in shown
    assert AuditEntry.objects.get().action == "job.reveal"


def test_a_repeat_with_edited_data_is_a_new_job_with_its_lineage(operator, make, html):
    job = make("diag-fail", errorClass="API_ERROR")
    form = html(operator, f"jobs/{job.public_id}/rerun")
    assert "API_ERROR" in form

    answer = operator.post(f"{BASE}/jobs/{job.public_id}/rerun", {"data": '{"times": 0}', "priority": "high"})

    repeat = Job.objects.exclude(pk=job.pk).get()
    assert answer.url == f"{BASE}/jobs/{repeat.public_id}"
    assert (repeat.rerun_of, repeat.priority, repeat.user_id) == (job.public_id, 100, job.user_id)
    assert repeat.data["times"] == 0
    assert AuditEntry.objects.get(action="job.rerun").details["rerunOf"] == job.public_id
    page = html(operator, f"jobs/{repeat.public_id}")
    assert job.public_id in page
    assert "diff-old" in page
    assert repeat.public_id in html(operator, f"jobs/{job.public_id}")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ('{"times": "many"}', "times Input should be a valid integer"),
        ('{"colour": "red"}', "is not a field of this type"),
        ("[1]", "must be a JSON object"),
        ("{", "is not JSON"),
        ('{"label": "\\ud800"}', "half of a surrogate pair"),
        ("[" * 100_000, "is nested deeper"),
    ],
)
def test_a_payload_that_does_not_fit_is_refused_at_its_field(operator, make, data, told):
    job = make("diag-fail", errorClass="API_ERROR")

    answer = operator.post(f"{BASE}/jobs/{job.public_id}/rerun", {"data": data, "priority": "0"})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Job.objects.count() == 1


def test_hidden_values_that_are_left_alone_stay_what_they_were():
    from jobs.masking import masked, restored

    original = {"apiKey": "s1", "list": [{"token": "s2", "n": 1}], "name": "a"}
    edited = json.loads(json.dumps(masked(original)).replace('"a"', '"b"'))

    assert restored(edited, original) == {**original, "name": "b"}


def test_the_poll_tells_when_the_state_has_changed(operator, make):
    job = enqueue("diag-noop", {}).job()
    headers = {"HX-Request": "true", "X-Part": "live"}
    first = operator.get(f"{BASE}/jobs/{job.public_id}", headers=headers)
    again = operator.get(f"{BASE}/jobs/{job.public_id}", headers=headers | {"X-Seen": first["X-Seen"]})
    run_again(job)
    third = operator.get(f"{BASE}/jobs/{job.public_id}", headers=headers | {"X-Seen": first["X-Seen"]})

    assert (first["X-Status"], again.status_code, third["X-Status"]) == ("waiting", 204, "completed")
