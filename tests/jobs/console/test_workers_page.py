"""The workers' page: what each process does now, and orders to it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from jobs.models import Worker

from .pages import BASE, a_job, a_worker, text

pytestmark = pytest.mark.django_db


def test_a_worker_shows_its_slots_memory_and_jobs(operator: Client) -> None:
    a_worker(memory_mb=123, group="worker-1")
    a_job("job_now", "active", worker="host-1-ab", lease_until=timezone.now(), started_at=timezone.now())
    a_job("job_elsewhere", "active", worker="host-2-cd", lease_until=timezone.now(), started_at=timezone.now())

    html = text(operator, "workers")

    assert "host-1-ab" in html
    assert "123 MB" in html
    assert "worker-1" in html
    assert "job_now" in html
    assert "job_elsewhere" not in html
    assert ">1/4<" in html
    assert "Running" in html


def test_one_that_fell_silent_says_so_and_takes_no_orders(operator: Client) -> None:
    a_worker(heartbeat_at=timezone.now() - timedelta(seconds=60))

    html = text(operator, "workers")

    assert "Silent" in html
    assert 'data-act="quiet-dialog"' not in html


def test_without_workers_the_page_says_how_to_start_one(operator: Client) -> None:
    assert "manage.py workers" in text(operator, "workers")


def test_an_order_is_given_and_taken_back(operator: Client) -> None:
    a_worker()
    url = f"{BASE}/workers/host-1-ab"

    told = operator.post(url, {"verb": "quiet"}, follow=True).content.decode()
    assert "host-1-ab takes no more jobs" in told
    assert "Becoming quiet" in told
    assert Worker.objects.get().wanted == "quiet"
    again = operator.post(url, {"verb": "quiet"}, follow=True).content.decode()
    assert "told so already" in again
    operator.post(url, {"verb": "resume"})

    assert Worker.objects.get().wanted == "run"
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["worker.quiet", "worker.quiet", "worker.resume"]


def test_what_cannot_be_ordered_is_refused(operator: Client, reader: Client) -> None:
    a_worker()
    url = f"{BASE}/workers/host-1-ab"

    assert "no action" in operator.post(url, {"verb": "explode"}, follow=True).content.decode()
    assert "no worker" in operator.post(f"{BASE}/workers/gone", {"verb": "stop"}, follow=True).content.decode()
    assert operator.get(url).status_code == 405
    assert reader.post(url, {"verb": "stop"}).status_code == 403
    assert Worker.objects.get().wanted == "run"
