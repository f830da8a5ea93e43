"""What people decide on the board: start, approve, reject, force, cancel, retry."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from jobs.models import Job
from research.models import SectorAnalysis, StockAnalysis, SubSector
from research.pages.urls import urlpatterns

from . import rows
from .conftest import NewViewer

pytestmark = pytest.mark.django_db


def mine(client: Client) -> SectorAnalysis:
    """A sector that the viewer began."""
    return rows.sector(user_id=client.user.public_id)  # type: ignore[attr-defined]


def decide(client: Client, sub: SubSector, verdict: str, **headers: str) -> Any:
    return client.post(f"/research/sub-sectors/{sub.public_id}/decide/", {"verdict": verdict}, headers=headers)


def test_a_sector_is_started_and_its_board_opened(ana: Client) -> None:
    answer = ana.post("/research/sectors/", {"name": " Energy "})

    sector = SectorAnalysis.objects.get()
    assert answer["Location"] == f"/research/sectors/{sector.public_id}"
    assert sector.name == "Energy"
    assert Job.objects.get(type="sector-research").public_id == sector.job_id
    assert AuditEntry.objects.filter(action="sector.start", target_id=sector.public_id).exists()
    assert "Looking for sub-sectors" in ana.get(answer["Location"]).content.decode()


def test_a_sector_without_a_name_is_refused_in_the_form(ana: Client) -> None:
    answer = ana.post("/research/sectors/", {"name": "  "})

    assert answer.status_code == 422
    assert "This field is required" in answer.content.decode()
    assert not SectorAnalysis.objects.exists()


def test_an_approval_answers_with_the_board_and_a_message(ana: Client) -> None:
    sub = rows.sub_sector(mine(ana))
    board = ana.get(f"/research/sectors/{sub.sector.public_id}/").content.decode()
    assert f'id="approve-{sub.public_id}"' in board

    answer = decide(ana, sub, "approve", hx_request="true")

    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.lstrip().startswith('<div id="board"')
    assert "Being ranked" in html
    assert "approved by ana@example.com" in html
    assert json.loads(answer["HX-Trigger"])["toast"]["level"] == "success"
    job = Job.objects.get(type="stock-ranking")
    assert f"job:{job.public_id}" in html


def test_a_repeated_approval_says_so(ana: Client) -> None:
    sub = rows.sub_sector(mine(ana))
    decide(ana, sub, "approve")

    again = decide(ana, sub, "approve", hx_request="true")

    assert "had been approved already" in again["HX-Trigger"]
    assert Job.objects.filter(type="stock-ranking").count() == 1


def test_who_cannot_hear_of_the_jobs_looks_again_more_often(ana: Client, viewer: NewViewer) -> None:
    path = f"/research/sectors/{mine(ana).public_id}/"

    assert "live, every 30s" in ana.get(path).content.decode()
    assert "live, every 5s" in viewer("ben@example.com").get(path).content.decode()


def test_without_scripts_a_decision_leads_back_to_the_board(ana: Client) -> None:
    sub = rows.sub_sector(mine(ana))

    answer = decide(ana, sub, "reject")

    assert answer["Location"] == f"/research/sectors/{sub.sector.public_id}"
    html = ana.get(answer["Location"]).content.decode()
    assert "was rejected." in html
    assert "rejected by ana@example.com" in html


def test_what_was_rejected_is_approved_by_force_alone(ana: Client) -> None:
    sub = rows.sub_sector(mine(ana), status="rejected")
    rows.sub_sector(sub.sector, "Another")

    refused = decide(ana, sub, "approve", hx_request="true")
    forced = decide(ana, sub, "force", hx_request="true")

    assert refused.status_code == 409
    assert refused["X-Problem"].startswith("It was rejected.")
    assert forced.status_code == 200
    sub.refresh_from_db()
    assert sub.status == "approved"


def test_who_neither_began_it_nor_administers_sees_no_buttons_and_is_refused(ana: Client, viewer: NewViewer) -> None:
    sub = rows.sub_sector(mine(ana))
    ben = viewer("ben@example.com")

    assert "approve-" not in ben.get(f"/research/sectors/{sub.sector.public_id}/").content.decode()
    assert decide(ben, sub, "approve", hx_request="true").status_code == 403
    assert SubSector.objects.get().status == "pending_approval"


def test_a_viewer_decides_nothing(viewer: NewViewer) -> None:
    eve = viewer(role="viewer")
    sub = rows.sub_sector(mine(eve))

    for path in (f"sub-sectors/{sub.public_id}/decide", f"sectors/{sub.sector.public_id}/cancel", "sectors"):
        assert eve.post(f"/research/{path}/", {"verdict": "approve", "name": "Energy"}).status_code == 403


def test_decisions_about_what_is_not_ones_own_do_not_exist(ana: Client) -> None:
    sub = rows.sub_sector(rows.sector(tenant_id="globex"))
    share = rows.stock(sub)
    rows.analysis(share, status="failed")

    assert decide(ana, sub, "approve").status_code == 404
    assert ana.post(f"/research/sectors/{sub.sector.public_id}/cancel/").status_code == 404
    assert ana.post(f"/research/stocks/{share.public_id}/retry/").status_code == 404


def test_a_sector_is_cancelled_after_a_question(ana: Client) -> None:
    sub = rows.sub_sector(mine(ana))
    html = ana.get(f"/research/sectors/{sub.sector.public_id}/").content.decode()
    assert 'data-confirm="Cancel Energy?' in html

    answer = ana.post(f"/research/sectors/{sub.sector.public_id}/cancel/", headers={"hx-request": "true"})

    assert answer.status_code == 200
    assert SectorAnalysis.objects.get().status == "cancelled"
    assert "approve-" not in answer.content.decode()


def test_a_failed_stock_is_tried_once_more(ana: Client) -> None:
    share = rows.stock(rows.sub_sector(mine(ana), status="analysing"), status="failed")
    rows.analysis(share, status="failed", content={})
    assert "Analyse again" in ana.get(f"/research/stocks/{share.public_id}/").content.decode()

    answer = ana.post(f"/research/stocks/{share.public_id}/retry/", follow=True)

    assert "is analysed once more" in answer.content.decode()
    assert StockAnalysis.objects.get(variation=1).status == "running"
    assert "Analyse again" not in answer.content.decode()


def test_approving_asks_first_where_it_costs_money(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    sub = rows.sub_sector(mine(ana))
    path = f"/research/sectors/{sub.sector.public_id}/"
    assert "That costs money" not in ana.get(path).content.decode()

    monkeypatch.setattr("research.pages.board.costs_money", lambda desk: True)

    assert "That costs money" in ana.get(path).content.decode()


@pytest.mark.parametrize("path", ["", "sectors/"])
def test_nobody_reads_without_signing_in(client: Client, path: str) -> None:
    assert client.get(f"/research/{path}").status_code == 302


def test_every_page_is_guarded() -> None:
    assert [one.name for one in urlpatterns if not getattr(one.callback, "desk_guarded", False)] == []
