"""The board of a sector: what stands where, and what moves."""

from typing import Any

import pytest
from django.test import Client

from research.models import SubSector

from . import rows
from .conftest import NewViewer

pytestmark = pytest.mark.django_db


def board(client: Client, sector: object, **headers: str) -> str:
    answer = client.get(f"/research/sectors/{sector.public_id}/", headers=headers)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    return str(answer.content.decode())


def column(html: str, key: str) -> str:
    """What stands in a column of the first lane."""
    return html.split(f"lane-column is-{key}")[1].split('<div class="lane-column')[0]


def test_a_stock_stands_in_the_column_of_its_stage(ana: Client) -> None:
    sector = rows.sector()
    sub = rows.sub_sector(sector, status="analysing")
    for symbol, status in (("AAA", "analysing"), ("BBB", "reviewing"), ("CCC", "completed"), ("DDD", "failed")):
        rows.stock(sub, symbol, status=status)

    html = board(ana, sector)

    for key, symbol in (("analysing", "AAA"), ("judging", "BBB"), ("done", "CCC"), ("failed", "DDD")):
        assert f"{symbol} Corporation" in column(html, key)
    assert "AAA" not in column(html, "done")
    assert "2 of 4 finished" in html


def test_a_card_shows_its_rank_attempt_rejections_and_the_judge_s_score(ana: Client) -> None:
    sector = rows.sector()
    share = rows.stock(rows.sub_sector(sector, status="analysing"), rejections=1, status="formatting")
    rows.review(rows.analysis(share, 0, status="rejected"), approved=False)
    rows.review(rows.analysis(share, 1, status="approved"))

    card = column(board(ana, sector), "formatting")

    assert "1. AAA, AAA Corporation" in card
    assert 'title="Attempt 2"' in card
    assert 'title="Rejected by the judge 1 time"' in card
    assert "0.80" in card
    assert "0.61" not in card


def test_excluded_shares_are_named_with_the_reason(ana: Client) -> None:
    sector = rows.sector()
    rows.sub_sector(sector, status="analysing", excluded=[{"symbol": "ZZZ", "reason": "No price is known."}])

    html = board(ana, sector)

    assert "1 not ranked" in html
    assert "No price is known." in html


def test_who_decided_is_named(ana: Client) -> None:
    sector = rows.sector()
    rows.approve(rows.sub_sector(sector), by=ana.user.public_id)  # type: ignore[attr-defined]

    assert "approved by ana@example.com" in board(ana, sector)


def test_the_live_part_alone_is_sent_to_a_page_that_is_open(ana: Client) -> None:
    sector = rows.sector()
    rows.sub_sector(sector)

    part = board(ana, sector, hx_request="true")

    assert part.lstrip().startswith('<div id="board"')
    assert "<html" not in part


def test_sectors_of_other_organisations_do_not_exist(ana: Client, viewer: NewViewer) -> None:
    sector = rows.sector("Their secret sector", tenant_id="globex")

    assert ana.get(f"/research/sectors/{sector.public_id}/").status_code == 404
    assert sector.name not in ana.get("/research/sectors/").content.decode()


def test_the_list_says_how_far_each_is_and_what_waits_for_a_decision(ana: Client) -> None:
    sector = rows.sector(user_id=ana.user.public_id)  # type: ignore[attr-defined]
    rows.sub_sector(sector, "Waiting", status="pending_approval")
    sub = rows.sub_sector(sector, "Under way", status="analysing")
    for symbol, status in (("AAA", "completed"), ("BBB", "analysing"), ("CCC", "ranked")):
        rows.stock(sub, symbol, status=status)

    html = ana.get("/research/sectors/").content.decode()

    assert "1 to approve" in html
    assert "1 of 2, 1 with insights" in html
    assert "ana@example.com" in html


def test_an_empty_list_explains_what_will_happen(ana: Client) -> None:
    assert "Nothing goes on until somebody approves one" in ana.get("/research/sectors/").content.decode()


def test_the_board_asks_the_database_no_more_for_more_stocks(ana: Client, django_assert_max_num_queries) -> None:
    sector = rows.sector()
    for lane in range(3):
        sub = rows.sub_sector(sector, f"Lane {lane}", status="analysing")
        for number in range(5):
            rows.analysis(rows.stock(sub, f"S{lane}{number}", status="analysing"))
    ana.get("/research/")

    with django_assert_max_num_queries(20):
        board(ana, sector, hx_request="true")
    assert SubSector.objects.count() == 3


def test_sectors_are_offered_of_known_shares_else_of_the_sample_where_that_is_used(ana: Client, settings: Any) -> None:
    assert "No shares are known yet" in ana.get("/research/sectors/").content.decode()

    settings.SAMPLE_SOURCES = True

    assert '<option value="Technology">' in ana.get("/research/sectors/").content.decode()
