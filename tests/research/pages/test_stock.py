"""The page of a stock: factors, attempts, verdicts, insights, and who may see what was asked of models."""

from decimal import Decimal

import pytest
from django.test import Client

from research.models import Insights, JudgeReview, Stock, StockAnalysis

from . import rows
from .conftest import NewViewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def share(db: None) -> Stock:
    return rows.stock(rows.sub_sector(rows.sector(), status="analysing"), status="completed", rejections=1)


def shown(client: Client, share: Stock, query: str = "") -> str:
    answer = client.get(f"/research/stocks/{share.public_id}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_factor_shows_its_percentile_and_the_stored_numbers_it_came_from(ana: Client, share: Stock) -> None:
    figure = rows.figure(share, tag="OperatingIncomeLoss", value=Decimal(80_000_000))
    share.factors["value"]["facts"] = [f"figure:{figure.pk}", "figure:999999"]
    share.save()

    html = shown(ana, share)

    assert "8.0 %" in html
    assert "87.5" in html
    assert "OperatingIncomeLoss, 2025-01-01 to 2025-12-31: 80,000,000 USD" in html
    assert "10-K 0000-1" in html
    assert "1 stored number<" in html


def test_each_statement_names_its_facts_and_each_number_leads_to_one(ana: Client, share: Stock) -> None:
    rows.analysis(share)

    html = shown(ana, share)

    assert 'aria-label="Fact F1"' in html
    assert '<a class="number" href="#fact-F1"' in html
    assert '<a class="number" href="#fact-F2"' in html
    assert html.count('id="fact-F1"') == 1
    assert "written by rules" in html


@pytest.mark.parametrize(
    ("backend", "said"),
    [
        ("anthropic", "by its prompt alone: Anthropic&#x27;s protocol has no temperature."),
        ("openai", "asked at a higher temperature."),
        ("analyst", "with the strongest case against the share first."),
    ],
)
def test_the_third_attempt_says_what_sets_it_apart(ana: Client, share: Stock, backend: str, said: str) -> None:
    rows.analysis(share, variation=2, approach="bear-first", backend=backend, model="m1")

    assert said in shown(ana, share)


def test_what_no_fact_supports_is_marked_with_the_reason(ana: Client, share: Stock) -> None:
    invented = [rows.statement("Revenue was 777 million USD.", "F1"), rows.statement("It is loved.")]
    rows.analysis(share, content=rows.content(thesis=invented))

    html = shown(ana, share)

    assert "2 statements without support" in html
    assert "which its facts do not contain" in html
    assert "cites no fact" in html


def test_the_newest_attempt_with_words_is_shown_with_what_led_to_it_and_what_changed(ana: Client, share: Stock) -> None:
    first = rows.analysis(share, 0, status="rejected", content=rows.content(risks=[rows.statement("None.", "F1")]))
    rows.review(first, approved=False)
    second = [rows.statement("Debt is high for what it earns.", "F1")]
    rows.analysis(share, 1, feedback="Say what speaks against the share.", content=rows.content(risks=second))

    html = shown(ana, share)

    assert "What the judge said before" in html
    assert "Say what speaks against the share." in html
    assert "<ins>Debt is high for what it earns.</ins>" in html
    assert "<del>None.</del>" in html
    assert "rejected 0.61" in html


def test_an_attempt_can_be_chosen_and_shows_its_verdict(ana: Client, share: Stock) -> None:
    first = rows.analysis(share, 0, status="rejected")
    gates = [{"gate": "numbers", "passed": False, "problems": ["risks: “x” states 7."]}]
    rows.review(first, approved=False, gates=gates, criteria=[], score=0)
    rows.review(rows.analysis(share, 1, status="approved"))

    html = shown(ana, share, "?attempt=1")

    assert "risks: “x” states 7." in html
    assert "A gate failed, so it was not weighed." in html
    assert "What the next attempt must do" in html
    assert "0.70 needed" in html


def test_insights_are_formatted_and_every_number_leads_to_its_fact(ana: Client, share: Stock) -> None:
    rows.insights(rows.analysis(share, status="formatted"))

    html = shown(ana, share)
    insights = html.split('id="insights-title"')[1].split("</section>")[0]

    assert "favourable" in insights
    assert 'href="#fact-F2"' in insights
    assert ">0.18</a>" in insights
    assert ana.get(f"/research/stocks/{share.public_id}.json").json()["schemaVersion"] == 1


def test_without_insights_there_is_nothing_to_take_away(ana: Client, share: Stock) -> None:
    assert ana.get(f"/research/stocks/{share.public_id}.json").status_code == 404


@pytest.mark.parametrize(("role", "sees"), [("member", False), ("tenant-admin", True)])
def test_what_was_asked_of_a_model_is_for_administrators(
    viewer: NewViewer, share: Stock, role: str, *, sees: bool
) -> None:
    asked = {"system": "You write.", "prompt": "SECRET-QUESTION", "answer": "{}", "model": "m", "problem": ""}
    rows.review(rows.analysis(share, backend="openai", model="m", exchanges=[asked]), exchanges=[asked])

    html = shown(viewer(role=role), share)

    assert (html.count("SECRET-QUESTION") == 2) is sees
    assert ("Asked and answered" in html) is sees
    assert "Written by m" in html


def test_a_stock_that_was_only_ranked_says_so(ana: Client) -> None:
    share = rows.stock(rows.sub_sector(rows.sector(), status="analysing"))

    assert "Only the best five" in shown(ana, share)


def test_text_of_a_model_is_never_markup(ana: Client, share: Stock) -> None:
    rows.analysis(share, content=rows.content(thesis=[rows.statement("<script>1250</script> F1", "F1")]))

    assert "<script>1250" not in shown(ana, share)


def test_stocks_of_other_organisations_do_not_exist(ana: Client, share: Stock) -> None:
    Stock.objects.update(tenant_id="globex")

    assert ana.get(f"/research/stocks/{share.public_id}/").status_code == 404
    assert {StockAnalysis.objects.count(), JudgeReview.objects.count(), Insights.objects.count()} == {0}
