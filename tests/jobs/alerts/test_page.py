"""The alerts page and admin: active and past ones, and acknowledging."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from jobs.alerts.models import Alert

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]
PAGE = "/api/admin/bull-board/alerts/"


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.com", "a long pass phrase"))
    return client


def alert(**values: Any) -> Alert:
    row = {"rule": "queue-depth", "subject": "scoring", "queue": "scoring", "severity": "warning"} | values
    return Alert.objects.create(**{"message": "Queue scoring has 6 waiting jobs", "threshold": 5, **row})


def test_active_and_past_alerts_are_listed_with_the_rules(operator: Client) -> None:
    alert()
    alert(subject="signals", message="Queue signals has 9 <waiting> jobs", resolved_at=timezone.now())

    text = operator.get(PAGE).content.decode()

    assert text.index("Queue scoring has 6 waiting jobs") < text.index("Past") < text.index("9 &lt;waiting&gt; jobs")
    assert "no-progress" in text
    assert "threshold 5" in text


def test_acknowledging_keeps_who_and_why_and_is_audited(operator: Client) -> None:
    row = alert()

    answer = operator.post(f"{PAGE}{row.pk}/acknowledge/", {"note": "scaling up"})

    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.note, bool(row.acknowledged_at), row.acknowledged_by) == ("scaling up", True, "root@example.com")
    assert AuditEntry.objects.get(action="alert.acknowledge").target_id == str(row.pk)
    operator.post(f"{PAGE}{row.pk}/acknowledge/", {"note": "me too"})
    row.refresh_from_db()
    assert row.note == "scaling up"
    assert AuditEntry.objects.filter(action="alert.acknowledge").count() == 1


def test_an_alert_that_does_not_exist_is_404_and_looking_changes_nothing(operator: Client) -> None:
    row = alert()

    assert operator.post(f"{PAGE}999999/acknowledge/").status_code == 404
    assert operator.get(f"{PAGE}{row.pk}/acknowledge/").status_code == 405
    row.refresh_from_db()
    assert row.acknowledged_at is None


def test_admin_lists_alerts_read_only(operator: Client) -> None:
    row = alert()

    assert "6 waiting jobs" in operator.get("/admin/jobs/alert/").content.decode()
    assert operator.get("/admin/jobs/alert/add/").status_code == 403
    assert operator.get(f"/admin/jobs/alert/{row.pk}/change/").status_code == 200
