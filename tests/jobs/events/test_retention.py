"""Events stay for a week."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from jobs.events import retention
from jobs.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


def test_events_older_than_a_week_go_in_small_batches_and_younger_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for days in (9, 8, 8, 8, 7.1, 6.9, 0):
        Event.objects.create(queue="scoring", event="resumed", at=Now() - timedelta(days=days))

    assert retention.forget() == 5
    assert Event.objects.count() == 2
    assert retention.forget() == 0


def test_a_round_ends_though_there_is_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    monkeypatch.setattr(retention, "ROUND_SECONDS", 0.0)
    for _ in range(3):
        Event.objects.create(queue="scoring", event="resumed", at=Now() - timedelta(days=8))

    assert retention.forget() == 1
