"""Health alerts: told once to each who wants to hear, listed until somebody has looked."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from jobs.models import Job
from jobs.testing import run_again, run_job
from prospects.models import Company, CompanyFigure, HealthAlert
from tests.viewers import NewViewer, viewer

from .making import make_company, today

__all__ = ["viewer"]
pytestmark = pytest.mark.django_db

MAIL = "health-alerts-mail"


def scored(company: Company, payment: float) -> None:
    CompanyFigure.objects.update_or_create(
        company=company, name="payment", period_end=today(), defaults={"value": payment}
    )
    CompanyFigure.objects.get_or_create(company=company, name="revenue", period_end=today(), defaults={"value": 100})
    before = today() - timedelta(days=365)
    CompanyFigure.objects.get_or_create(company=company, name="revenue", period_end=before, defaults={"value": 100})
    job = run_job("health-scores", portfolioCompanyId=company.key, tenantId="acme")
    assert job.status == "completed", job.error


@pytest.fixture
def alert(redis_clean: Any) -> HealthAlert:
    """Acme's one alert: its payment score fell from 90 to 30."""
    company = make_company(is_portfolio=True, name="Acme Foods")
    scored(company, 90)
    scored(company, 30)
    return HealthAlert.objects.get()


def test_a_fall_is_told_once_to_each_member_who_wants_to_hear(
    viewer: NewViewer, redis_clean: Any, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.PUBLIC_URL = "https://quarry.example.com"
    for email in ("ana@example.com", "bob@example.com", "silent@example.com"):
        viewer(email)
    viewer("eve@globex.com", organisation="globex")
    User.objects.filter(email="silent@example.com").update(notify_health_alerts=False)
    company = make_company(is_portfolio=True, name="Acme Foods")

    scored(company, 90)
    scored(company, 30)
    scored(company, 30)

    jobs = list(Job.objects.filter(type=MAIL))
    for job in jobs:
        run_again(job)
    assert len(jobs) == HealthAlert.objects.count() * 2 == 2
    assert sorted(mail.to[0] for mail in mailoutbox) == ["ana@example.com", "bob@example.com"]
    assert mailoutbox[0].subject.startswith("Acme Foods: health fell by ")
    assert "https://quarry.example.com/prospects/alerts\n" in mailoutbox[0].body


def test_who_switches_the_mails_off_before_one_goes_out_gets_none(
    viewer: NewViewer, alert: HealthAlert, mailoutbox: list[Any]
) -> None:
    user = viewer().user  # type: ignore[attr-defined]
    User.objects.filter(pk=user.pk).update(notify_health_alerts=False)

    job = run_job(MAIL, user=user.public_id, alertIds=[alert.pk], tenantId="acme")

    assert (job.status, job.result, mailoutbox) == ("completed", {"sent": False}, [])


def test_an_alert_waits_on_its_pages_until_the_first_who_looked(viewer: NewViewer, alert: HealthAlert) -> None:
    ana, bob = viewer("ana@example.com"), viewer("bob@example.com")
    pages = ("/prospects/alerts", f"/prospects/companies/{alert.company_id}/")
    for page in pages:
        assert "Acknowledge: Acme Foods, health fell by " in ana.get(page).content.decode()

    done = ana.post(f"/prospects/alerts/{alert.pk}", {"next": pages[1]})
    bob.post(f"/prospects/alerts/{alert.pk}", {"next": "https://elsewhere.example.com"})

    alert.refresh_from_db()
    assert (done.status_code, done["Location"]) == (302, pages[1])
    assert alert.acknowledged_by == ana.user  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="health-alert.acknowledge").count() == 1
    assert "Nothing waits" in ana.get("/prospects/alerts").content.decode()
    assert "Acme Foods" in ana.get("/prospects/alerts?show=done&q=acme").content.decode()
    assert "No alert fits" in ana.get("/prospects/alerts?show=done&q=best").content.decode()


def test_a_viewer_and_another_organisation_acknowledge_nothing(viewer: NewViewer, alert: HealthAlert) -> None:
    reader, other = viewer("v@example.com", role="viewer"), viewer("eve@globex.com", organisation="globex")

    assert reader.post(f"/prospects/alerts/{alert.pk}").status_code == 403
    assert other.post(f"/prospects/alerts/{alert.pk}").status_code == 404
    assert "Acme Foods" not in other.get("/prospects/alerts?show=all").content.decode()
    alert.refresh_from_db()
    assert alert.acknowledged_at is None
