"""Mails about failed jobs: one by one, in digests, and to those whose jobs they are."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from accounts.mails.headers import one_line
from accounts.models import User
from jobs import execution
from jobs.alerts import digests
from jobs.alerts.models import FailureDigest
from jobs.models import Job

from .mails import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "recipients", "redis_clean")]


def failed(number: int, *, user_id: str | None = None, seconds: int = 90) -> list[Job]:
    """Jobs that failed so many seconds ago."""
    at = timezone.now() - timedelta(seconds=seconds)
    values: dict[str, Any] = {"type": "diag-fail", "queue": "scoring", "status": "failed", "max_attempts": 1}
    values |= {"timeout_ms": 1000, "finished_at": at, "error_type": "VALIDATION_ERROR", "error_message": "bad <input>"}
    jobs = [Job(public_id=f"job_{uuid4().hex}", user_id=user_id, **values) for _ in range(number)]
    return Job.objects.bulk_create(jobs)


def test_one_failed_job_makes_one_mail_with_id_queue_and_error(settings: Any) -> None:
    settings.FAILURE_EMAILS = ["dev@example.com"]
    (job,) = failed(1)

    for _ in range(3):
        digests.send_due()
    deliver()

    (message,) = mail.outbox
    assert message.to == ["dev@example.com"]
    html = message.alternatives[0][0]
    for text in (message.body, html):
        assert job.public_id in text
        assert "scoring" in text
        assert "VALIDATION_ERROR" in text
    assert "bad <input>" in message.body
    assert "bad &lt;input&gt;" in html


def test_fifty_failures_make_one_digest_and_later_ones_wait_ten_minutes(settings: Any) -> None:
    settings.FAILURE_EMAILS = ["dev@example.com"]
    failed(52)
    digests.send_due()
    failed(3, seconds=0)

    digests.send_due()

    assert deliver() == ["[Quarry] 52 failed in scoring"]
    assert "and 2 more" in mail.outbox[0].body
    FailureDigest.objects.update(sent_at=timezone.now() - timedelta(minutes=10))
    Job.objects.filter(status="failed").update(finished_at=timezone.now() - timedelta(seconds=70))
    FailureDigest.objects.update(covered_until=timezone.now() - timedelta(seconds=100))
    digests.send_due()
    assert len(deliver()) == 1


def test_a_burst_that_has_just_begun_is_waited_for(settings: Any) -> None:
    settings.FAILURE_EMAILS = ["dev@example.com"]
    failed(2, seconds=20)

    assert digests.send_due() == 0


def test_owners_hear_of_their_own_jobs_if_they_asked(settings: Any) -> None:
    eager = User.objects.create_user("eager@example.com", notify_job_failures=True)
    quiet = User.objects.create_user("quiet@example.com")
    (mine,) = failed(1, user_id=eager.public_id)
    (theirs,) = failed(1, user_id=quiet.public_id)

    digests.send_due()
    deliver()

    (message,) = mail.outbox
    assert message.to == ["eager@example.com"]
    assert mine.public_id in message.body
    assert theirs.public_id not in message.body


def test_a_digest_job_that_runs_again_says_the_same(settings: Any) -> None:
    settings.FAILURE_EMAILS = ["dev@example.com"]
    failed(1)
    digests.send_due()
    job = Job.objects.get(type="failure-digest")
    failed(1, seconds=0)

    execution.run(job.pk)

    assert "1 failed" in mail.outbox[0].subject


def test_a_subject_is_one_line_whatever_it_is_made_of() -> None:
    assert one_line("a\r\nBcc: evil@example.com\tb") == "a Bcc: evil@example.com b"
    assert len(one_line("x" * 500)) == 150
