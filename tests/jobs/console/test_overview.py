"""The overview: what it shows of every queue, and what it costs to keep it current."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import oldest
from jobs.alerts.models import Alert
from jobs.console import live
from jobs.console.memo import Memo
from jobs.models import Job, QueueState, Start
from jobs.policy import policies
from jobs.rollups.reading import Point

from .pages import BASE, a_job, a_worker, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def row(html: str, queue: str) -> str:
    found = re.search(rf'<tr id="queue-{queue}".*?</tr>', html, re.DOTALL)
    assert found
    return found[0]


def test_every_queue_has_its_row_and_its_counts_lead_to_its_jobs(operator: Client) -> None:
    a_job("a"), a_job("b"), a_job("c", "failed")

    html = text(operator, "overview")

    assert all(f'id="queue-{name}"' in html for name in policies())
    shown = row(html, "scoring")
    assert f'href="{BASE}/queues/scoring?tab=waiting">2<' in shown
    assert f'href="{BASE}/queues/scoring?tab=failed">1<' in shown


def test_a_pause_an_alert_and_missing_workers_are_seen(operator: Client) -> None:
    a_worker()
    QueueState.objects.create(
        queue="scoring", paused=True, paused_at=timezone.now(), paused_by="bob@example.com", pause_reason="vendor down"
    )
    Alert.objects.create(rule="r", queue="scoring", severity="warning", message="It fails a lot.")
    a_job("r", queue="research")

    html = text(operator, "overview")

    assert "Paused by bob@example.com: vendor down" in row(html, "scoring")
    assert "It fails a lot." in row(html, "scoring")
    assert "no workers" not in row(html, "scoring")
    assert "no workers" in row(html, "research")
    assert "is-stuck" in row(html, "research")
    assert "is-stuck" not in row(html, "signals")


def in_use() -> dict[str, int]:
    return {"sec": 0, "osha": 2}


def test_sources_are_shown_once_there_are_any(operator: Client, settings: Any) -> None:
    assert "Sources" not in text(operator, "overview")
    live.forget()

    settings.PROVIDER_CIRCUITS = f"{__name__}.in_use"

    assert "left alone after failures: osha" in text(operator, "overview")


def test_slots_and_the_use_of_start_limits_are_shown(operator: Client) -> None:
    a_worker(slots={"research": 4}, busy={"research": 3})
    now = timezone.now()
    Start.objects.bulk_create([Start(queue="research", started_at=now - timedelta(seconds=s)) for s in (1, 2, 90)])

    shown = row(text(operator, "overview"), "research")

    assert ">3/4<" in shown
    assert ">2/10<" in shown


def test_jobs_that_began_since_a_worker_last_told_hold_slots_but_no_more_than_there_are(
    operator: Client,
) -> None:
    a_worker(slots={"scoring": 4, "signals": 2}, busy={})
    running = {"worker": "host-1-ab", "lease_until": timezone.now(), "started_at": timezone.now()}
    for number in range(3):
        a_job(f"s{number}", "active", **running)
        a_job(f"g{number}", "active", queue="signals", **running)

    html = text(operator, "overview")

    assert ">3/4<" in row(html, "scoring")
    assert ">2/2<" in row(html, "signals")


def test_the_longest_wait_is_found_behind_higher_priorities() -> None:
    now = timezone.now()
    a_job("young", priority=10, created_at=now - timedelta(minutes=1))
    a_job("old", priority=0, created_at=now - timedelta(hours=2))
    a_job("later", priority=0, created_at=now - timedelta(minutes=3))

    found = oldest.waiting_since(["scoring", "signals"])

    assert found == {"scoring": now - timedelta(hours=2)}


def test_markup_in_what_people_wrote_is_text(operator: Client) -> None:
    QueueState.objects.create(
        queue="scoring", paused=True, paused_at=timezone.now(), paused_by="x", pause_reason="<script>alert(1)</script>"
    )

    assert "<script>alert" not in text(operator, "overview") + text(operator, "queues/scoring")


def test_what_has_not_changed_is_not_sent_again(operator: Client) -> None:
    first = operator.get(f"{BASE}/overview?live=1")

    live.forget()
    again = operator.get(f"{BASE}/overview?live=1", headers={"If-None-Match": first["ETag"]})
    a_job()
    live.forget()
    changed = operator.get(f"{BASE}/overview?live=1", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()


def test_many_viewers_cost_one_rendering_a_second(operator: Client, django_assert_max_num_queries: object) -> None:
    text(operator, "overview?live=1")

    # What remains is the session and the user.
    with django_assert_max_num_queries(4):
        text(operator, "overview?live=1")


def test_a_memo_computes_again_when_its_time_is_over() -> None:
    numbers = iter(range(10))
    kept, gone = Memo(seconds=60), Memo(seconds=0)

    assert [kept.get("k", lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]
    assert [gone.get("k", lambda: next(numbers)) for _ in range(2)] == [1, 2]


def test_the_charts_have_columns_of_equal_length_and_deploy_marks(operator: Client) -> None:
    from jobs.deploys.models import Deploy

    Deploy.objects.create(version="v7")
    job = a_job("a", "active", worker="w", lease_until=timezone.now(), started_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(
        status="failed", lease_until=None, worker=None, finished_at=timezone.now(), error_type="TIMEOUT"
    )

    data = operator.get(f"{BASE}/charts/data?queue=scoring&range=1h").json()

    assert len({len(data[key]) for key in ("at", "completed", "failed", "waitP50", "runP99")}) == 1
    assert sum(data["failed"]) == 1
    assert sum(data["errors"]["TIMEOUT"]) == 1
    assert [mark["version"] for mark in data["deploys"]] == ["v7"]
    assert operator.get(f"{BASE}/charts/data?queue=nope").status_code == 400


def test_a_sparkline_draws_what_ended() -> None:
    from jobs.console.sparkline import Sparkline

    at = timezone.now()
    drawn = Sparkline.of([Point(at=at, completed=3, failed=1), Point(at=at), Point(at=at, completed=1)])

    assert (drawn.completed.count("M"), drawn.failed.count("M")) == (2, 1)
    assert drawn.label == "4 completed, 1 failed"


def test_a_reader_sees_no_actions_and_strangers_nothing(reader: Client) -> None:
    assert "pause-dialog" not in text(reader, "overview")
    assert Client().get(f"{BASE}/overview").status_code == 302
