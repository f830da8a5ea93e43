"""The page of costs: what was spent on what, and what is left."""

from datetime import UTC, date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from providers.llm import months
from providers.llm.costs import by_month, costs
from providers.llm.protocol import Usage
from providers.models import ModelBudget, ModelCall

from . import rows
from .conftest import NewViewer

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)


def call(**values: Any) -> ModelCall:
    given = {
        "tenant_id": "acme",
        "month": MONTH,
        "task": "stock-analysis",
        "backend": "openai",
        "model": "large",
        "cost": Decimal("0.5"),
        "input_tokens": 1000,
        "output_tokens": 100,
        "ended_at": timezone.now(),
    }
    made = ModelCall.objects.create(**given | values)
    if made.ended_at:
        used = Usage(input_tokens=made.input_tokens, output_tokens=made.output_tokens)
        months.add(made, model=made.model, usage=used, cost=made.cost, failed=bool(made.error))
    return made


def test_costs_are_added_up_by_task_model_and_job() -> None:
    call(job_id="a")
    call(job_id="a", task="judge-review", model="small", cost=Decimal("0.25"))
    call(job_id="b", cost=Decimal(2))
    call(month=date(2026, 9, 1))
    call(tenant_id="globex")

    found = costs(tenant_id="acme", month=date(2026, 10, 20))

    assert found.total.dollars == Decimal("2.75")
    assert found.total.tokens == 3300
    assert [(line.name, line.dollars) for line in found.by_task] == [
        ("stock-analysis", Decimal("2.5")),
        ("judge-review", Decimal("0.25")),
    ]
    assert [line.name for line in found.by_model] == ["large", "small"]
    assert [(line.name, line.calls) for line in found.by_job] == [("b", 1), ("a", 2)]
    assert [line.name for line in by_month(tenant_id="acme")] == ["2026-10", "2026-09"]


def test_the_sums_of_a_month_outlive_its_calls() -> None:
    call(job_id="a")
    ModelCall.objects.all().delete()

    found = costs(tenant_id="acme", month=MONTH)

    assert (found.total.dollars, found.by_task[0].calls, found.by_job) == (Decimal("0.5"), 1, [])
    assert [line.dollars for line in by_month(tenant_id="acme")] == [Decimal("0.5")]


def test_what_is_reserved_counts_against_the_budget_and_never_goes_below_nothing() -> None:
    ModelBudget.objects.create(tenant_id="acme", monthly_usd=Decimal("1.00"))
    call()
    call(cost=None, reserved=Decimal("0.2"), ended_at=None)

    assert costs(tenant_id="acme", month=MONTH).left == Decimal("0.3")
    call()
    assert costs(tenant_id="acme", month=MONTH).left == 0


def test_questions_without_a_price_and_without_an_answer_are_told_apart() -> None:
    call(cost=None)
    call(cost=None, error="The model refused.", input_tokens=0, output_tokens=0)

    total = costs(tenant_id="acme", month=MONTH).total

    assert (total.unpriced, total.failed) == (1, 1)


def test_the_page_leads_from_a_cost_to_what_it_was_for(ana: Client) -> None:
    share = rows.stock(rows.sub_sector(rows.sector()))
    analysis = rows.analysis(share, 1)
    call(job_id=analysis.job_id)
    call(tenant_id="globex", model="their-model")

    html = ana.get("/research/costs/?month=2026-10").content.decode()

    assert html.count(f'<a href="/research/stocks/{share.public_id}">Analysis: AAA, attempt 2</a>') == 1
    assert "Analyses of stocks" in html
    assert "their-model" not in html
    assert "no limit" in html


def test_an_administrator_of_the_site_sees_all_organisations(ana: Client, viewer: NewViewer) -> None:
    call(tenant_id="globex")
    root = viewer("root@example.com", role="tenant-admin")
    root.user.role = "admin"  # type: ignore[attr-defined]
    root.user.save()  # type: ignore[attr-defined]

    assert "globex" in root.get("/research/costs/?month=2026-10").content.decode()
    assert "globex" not in ana.get("/research/costs/?month=2026-10").content.decode()


def test_a_month_without_questions_says_what_would_be_listed(ana: Client) -> None:
    html = ana.get("/research/costs/").content.decode()

    assert "Nothing was asked of a model this month" in html
    assert f"{timezone.now().astimezone(UTC):%B %Y}" in html


def test_the_month_can_be_taken_away_as_a_file(ana: Client) -> None:
    call(job_id="=danger")

    answer = ana.get("/research/costs/export.csv?month=2026-10")
    lines = b"".join(answer).decode("utf-8-sig").splitlines()

    assert lines[0].startswith("month,by,name,calls")
    assert lines[1].startswith("2026-10,task,stock-analysis,1,0,1000,0,100,0.5")
    assert not any(",=danger" in line for line in lines)
