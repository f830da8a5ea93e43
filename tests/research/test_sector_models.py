"""The steps that ask a model, as jobs, when the model fails: over both wire protocols."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from jobs import dispatch
from jobs.models import Job
from providers.llm.models import ModelBudget, ModelCall, ModelPrice
from providers.llm.settings import ModelSettings
from providers.models import SourceState
from research.models import JudgeReview, Stock, StockAnalysis
from research.sectors import decisions
from tests.providers.llm.model_server import ModelServer, Reply, running

from . import sector_world as world
from .analyses.models import reviewed
from .analyses.samples import content, facts
from .sector_world import Script

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]

OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
GOOD = {
    "stock-analysis": Reply(text=json.dumps(content())),
    "judge-review": Reply(text=json.dumps(reviewed(5, 4, 4, 4, 3, 4))),
}
USED_MUCH = {
    "openai": {"prompt_tokens": 2_000_000, "completion_tokens": 20, "total_tokens": 2_000_020},
    "anthropic": {"input_tokens": 2_000_000, "output_tokens": 1},
}


@pytest.fixture(params=["openai", "anthropic"])
def model(request: Any, settings: Any) -> Iterator[ModelServer]:
    path = "/v1" if request.param == "openai" else ""
    with running() as server:
        settings.LANGUAGE_MODEL = ModelSettings(
            backend=request.param, base_url=f"{server.url}{path}", key="sk-1", model="author/m"
        )
        yield server


@pytest.fixture(params=["stock-analysis", "judge-review"])
def step(request: Any, model: ModelServer) -> Iterator[Job]:
    """The job of the best stock that waits to ask the model; nothing was asked before."""
    dispatch._silent_until = 0.0
    world.shares()
    script = Script()
    with world.acting(script):
        analysis = world.first_analysis(world.ranked(script))
    with patch("research.market.facts.facts_of", lambda security, stock: facts()):
        if request.param == "judge-review":
            model.replies = [GOOD["stock-analysis"]]
            world.run_one(analysis.job_id)
            model.seen.clear()
        yield world.jobs_of(request.param)[0]


analysing = pytest.mark.parametrize("step", ["stock-analysis"], indirect=True)
judging = pytest.mark.parametrize("step", ["judge-review"], indirect=True)
#: What may be over by the next attempt.
passing = pytest.mark.parametrize(
    ("failure", "error_class", "wait"),
    [
        pytest.param(
            Reply(status=429, headers={"Retry-After": "7"}, body={"error": {"message": "slow", "type": "x"}}),
            "RATE_LIMIT",
            7,
            id="429",
        ),
        pytest.param(Reply(status=529, body=OVERLOADED), "NETWORK_ERROR", 10, id="529"),
        pytest.param(
            Reply(text='{"the', error_body={"code": 502, "type": "api_error", "message": "lost"}),
            "NETWORK_ERROR",
            10,
            id="after-200",
        ),
    ],
)


def run(job: Job) -> Job:
    return world.run_one(job.public_id)


def stock() -> Stock:
    return Stock.objects.get(rank=1)


def wait_seconds(job: Job) -> float:
    """From the end of the attempt to the next one."""
    assert job.run_at is not None
    return (job.run_at - job.updated_at).total_seconds()


def let_the_pause_pass() -> None:
    SourceState.objects.update(paused_until=timezone.now())


@judging
@passing
def test_a_judge_who_cannot_answer_now_is_asked_again_and_that_is_no_rejection(
    failure: Reply, error_class: str, wait: int, step: Job, model: ModelServer
) -> None:
    model.replies = [failure]

    put_off = run(step)
    everybody_waits = SourceState.objects.filter(paused_until__gt=timezone.now()).exists()
    let_the_pause_pass()
    model.replies = [GOOD["judge-review"]]
    done = run(step)

    assert (put_off.status, put_off.error_type, put_off.attempts_made) == ("delayed", error_class, 1)
    assert wait_seconds(put_off) == pytest.approx(wait, abs=1)
    assert everybody_waits is (error_class == "RATE_LIMIT")
    assert (done.status, len(model.asked)) == ("completed", 2)
    assert (stock().status, stock().rejections, JudgeReview.objects.count()) == ("formatting", 0, 1)


@analysing
@passing
def test_an_analysis_has_one_attempt_so_its_stock_fails_with_the_reason_until_somebody_tries_again(
    failure: Reply, error_class: str, wait: int, step: Job, model: ModelServer
) -> None:
    model.replies = [failure]

    failed = run(step)
    run(world.jobs_of("sector-step-ended")[0])
    given_up = stock()
    let_the_pause_pass()
    model.replies = [GOOD["stock-analysis"]]
    again = decisions.retry_analysis(analysis=StockAnalysis.objects.get(stock=given_up), by=world.caller())
    done = world.run_one(again.job.id)

    assert (failed.status, failed.error_type, failed.attempts_made) == ("failed", error_class, 1)
    assert (given_up.status, given_up.rejections) == ("failed", 0)
    assert given_up.problem.startswith(error_class)
    assert (done.status, stock().status) == ("completed", "reviewing")


def test_a_model_that_refuses_twice_fails_the_step_and_its_stock_at_once(step: Job, model: ModelServer) -> None:
    model.replies = [Reply(text="No.", stop="content_filter")] * 2

    failed = run(step)
    run(world.jobs_of("sector-step-ended")[0])

    assert (failed.status, failed.error_type, failed.attempts_made) == ("failed", "API_ERROR", 1)
    assert (len(model.asked), JudgeReview.objects.count()) == (2, 0)
    assert (stock().status, stock().rejections) == ("failed", 0)
    assert "refused twice" in StockAnalysis.objects.get(stock=stock()).problem


@judging
def test_a_verdict_cut_off_twice_is_asked_for_anew_by_the_queue(step: Job, model: ModelServer) -> None:
    model.replies = [Reply(text='{"grounding": {', stop="length")] * 2

    put_off = run(step)
    model.replies = [GOOD[step.type]]
    done = run(step)

    assert (put_off.status, put_off.error["code"]) == ("delayed", "unusable_answer")
    assert "cut off" in put_off.error_message
    assert (done.status, len(model.asked)) == ("completed", 3)


@analysing
def test_an_analysis_cut_off_once_is_repaired_and_cut_off_twice_fails(step: Job, model: ModelServer) -> None:
    other = world.jobs_of("stock-analysis")[1]
    cut = Reply(text='{"thesis": [', stop="length")
    model.replies = [cut, GOOD[step.type], cut, cut]

    done, failed = run(step), run(other)

    assert (done.status, failed.status) == ("completed", "failed")
    assert failed.error["code"] == "unusable_answer"
    assert "cut off" in failed.error_message
    assert "fewer words" in model.asked[1]["messages"][-1]["content"]


def test_an_answer_that_misses_the_schema_is_repaired_once_and_both_are_kept(step: Job, model: ModelServer) -> None:
    model.replies = [Reply(text='{"thesis": 5}'), GOOD[step.type]]

    done = run(step)

    kept: Any = JudgeReview.objects.get() if step.type == "judge-review" else StockAnalysis.objects.get(stock=stock())
    assert (done.status, done.attempts_made, len(model.asked)) == ("completed", 1, 2)
    assert [bool(one["problem"]) for one in kept.exchanges] == [True, False]
    assert ModelCall.objects.filter(job_id=step.public_id).count() == 2


def test_a_budget_that_is_used_up_in_the_middle_ends_the_step_and_says_where_to_raise_it(
    step: Job, model: ModelServer, settings: Any
) -> None:
    ModelPrice.objects.create(
        model="author/m", valid_from=date(2026, 1, 1), input_price=Decimal(1), output_price=Decimal(1)
    )
    ModelBudget.objects.create(tenant_id=world.TENANT, monthly_usd=Decimal("1.50"))
    model.replies = [Reply(text="{}", usage=USED_MUCH[settings.LANGUAGE_MODEL.backend]), GOOD[step.type]]

    failed = run(step)
    run(world.jobs_of("sector-step-ended")[0])

    assert (failed.status, failed.error["code"], failed.attempts_made) == ("failed", "budget_exhausted", 1)
    assert len(model.asked) == 1
    assert "Raise it in admin under Model budgets" in stock().problem
    assert (stock().status, stock().rejections) == ("failed", 0)
    [call] = ModelCall.objects.filter(job_id=step.public_id)
    assert (call.reserved, call.cost) == (Decimal(0), Decimal("2.00002"))
