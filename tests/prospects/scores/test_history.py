"""score-history: old scores become one a month, and what an alert is about stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.testing import run_job
from prospects.models import HealthAlert, HealthScore, LeadScore
from prospects.scores import history_job

from .making import make_company

pytestmark = pytest.mark.django_db


def test_old_scores_become_one_a_month_per_company(redis_clean: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_job, "BATCH", 2)
    for company in (make_company(), make_company("comp_2")):
        for at in (*(datetime(2020, 1, day, tzinfo=UTC) for day in range(1, 6)), datetime(2020, 2, 1, tzinfo=UTC)):
            LeadScore.objects.create(
                company=company, score=1, tier="D", intent=1, factors=[], coverage=1, weights_version=0, computed_at=at
            )
        for days in (1, 2, 80):
            LeadScore.objects.create(
                company=company, score=1, tier="D", intent=1, factors=[], coverage=1, weights_version=0,
                computed_at=datetime.now(UTC) - timedelta(days=days),
            )  # fmt: skip

    job = run_job("score-history")

    assert job.result == {"lead": 8, "health": 0}
    kept = LeadScore.objects.filter(company__key="comp_2", computed_at__year=2020).order_by("computed_at")
    assert [f"{row.computed_at:%m-%d}" for row in kept] == ["01-05", "02-01"]
    assert LeadScore.objects.count() == 10


def test_a_health_score_with_an_alert_stays(redis_clean: Any) -> None:
    company = make_company(is_portfolio=True)
    first, second, _ = (
        HealthScore.objects.create(
            company=company, score=50, grade="C", factors=[], coverage=1, weights_version=0,
            computed_at=datetime(2020, 1, day, tzinfo=UTC),
        )
        for day in (1, 2, 3)
    )  # fmt: skip
    HealthAlert.objects.create(company=company, health_score=first, reason="fell by 12.00 points within 30 days")

    assert run_job("score-history").result == {"lead": 0, "health": 1}

    assert HealthScore.objects.filter(pk=first.pk).exists()
    assert not HealthScore.objects.filter(pk=second.pk).exists()
