"""What models cost, and the budget that holds it."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from datetime import date
from decimal import Decimal
from threading import Barrier, Event

import pytest
from pydantic import BaseModel, ConfigDict

from providers.catalogue import Limit
from providers.errors import CircuitOpen, NotConfigured, RateLimited, Transient
from providers.llm.accounting import Accounted, cost_of, spent_in
from providers.llm.choosing import backend_for
from providers.llm.errors import BudgetExhausted
from providers.llm.limited import Limited
from providers.llm.models import ModelBudget, ModelCall, ModelPrice
from providers.llm.protocol import Answer, OnText, Request, Stop, Usage, ignore
from providers.llm.settings import ModelSettings

from .model_server import ModelServer, Reply, running

pytestmark = pytest.mark.django_db(transaction=True)


class Word(BaseModel):
    model_config = ConfigDict(extra="forbid")
    word: str


#: Reserves 1,000 / 3 tokens in and 1,000 out.
REQUEST = Request(task="test", system="", prompt="x" * 999, schema=Word, max_tokens=1000)


class Answering:
    """A backend that answers with a usage, or raises."""

    name = "openai"
    is_rule_based = False

    def __init__(self, usage: Usage | BaseException, *, before: Event | None = None) -> None:
        self._usage = usage
        self._before = before
        self.asked = 0

    def answer(self, request: Request, *, on_text: OnText = ignore) -> Answer:
        self.asked += 1
        if self._before:
            self._before.wait(20)
        if isinstance(self._usage, BaseException):
            raise self._usage
        return Answer(text='{"word": "yes"}', stop=Stop.COMPLETE, model="m-1", usage=self._usage)


def accounted(backend: Answering) -> Accounted:
    return Accounted(backend=backend, model="m", tenant_id="acme", job_id="job_1")


@pytest.fixture
def price() -> ModelPrice:
    """A dollar for a million tokens in, a tenth of that cached, two for a million out."""
    return ModelPrice.objects.create(
        model="m",
        valid_from=date(2026, 1, 1),
        input_price=1,
        cached_input_price=Decimal("0.1"),
        output_price=2,
    )


USED = Usage(input_tokens=1000, cached_tokens=400, output_tokens=500)


def test_a_call_costs_its_tokens_times_their_prices(price: ModelPrice) -> None:
    accounted(Answering(USED)).answer(REQUEST)

    call = ModelCall.objects.get()
    assert call.cost == Decimal("0.00164000")
    assert (call.input_tokens, call.cached_tokens, call.output_tokens) == (1000, 400, 500)
    assert (call.tenant_id, call.job_id, call.task, call.model) == ("acme", "job_1", "test", "m-1")


def test_the_cost_that_the_other_side_states_wins(price: ModelPrice) -> None:
    assert cost_of(Usage(input_tokens=9, stated_cost=Decimal("0.5")), price) == Decimal("0.5")


def test_the_newest_price_that_holds_already_counts(price: ModelPrice) -> None:
    ModelPrice.objects.create(model="m", valid_from=date(2026, 6, 1), input_price=10, output_price=0)
    ModelPrice.objects.create(model="m", valid_from=date(2999, 1, 1), input_price=99, output_price=0)

    accounted(Answering(Usage(input_tokens=100))).answer(REQUEST)

    assert ModelCall.objects.get().cost == Decimal("0.00100000")


def test_without_a_price_the_tokens_are_kept_and_the_cost_is_unknown(db) -> None:
    accounted(Answering(USED)).answer(REQUEST)

    assert (ModelCall.objects.get().cost, ModelCall.objects.get().input_tokens) == (None, 1000)


def test_a_question_that_may_exceed_the_budget_is_not_asked(price: ModelPrice) -> None:
    ModelBudget.objects.create(tenant_id="acme", monthly_usd=Decimal("0.00"))
    backend = Answering(USED)

    with pytest.raises(BudgetExhausted, match="Model budgets"):
        accounted(backend).answer(REQUEST)

    assert backend.asked == 0
    assert ModelCall.objects.count() == 0


def test_the_default_budget_holds_where_admin_sets_none(price: ModelPrice, settings) -> None:
    settings.LLM_MONTHLY_BUDGET_USD = Decimal("0.001")

    with pytest.raises(BudgetExhausted):
        accounted(Answering(USED)).answer(REQUEST)

    ModelBudget.objects.create(tenant_id="acme", monthly_usd=5)
    accounted(Answering(USED)).answer(REQUEST)


def test_a_budget_without_a_price_is_a_mistake_that_is_named(db) -> None:
    ModelBudget.objects.create(tenant_id="acme", monthly_usd=5)

    with pytest.raises(NotConfigured, match="Model prices"):
        accounted(Answering(USED)).answer(REQUEST)


def test_questions_asked_at_once_cannot_spend_the_same_dollars(price: ModelPrice) -> None:
    """Each reserves 0.002333, so a cent holds four of eight."""
    ModelBudget.objects.create(tenant_id="acme", monthly_usd=Decimal("0.01"))
    go, release = Barrier(8), Event()

    def ask() -> bool:
        go.wait(20)
        try:
            accounted(Answering(USED, before=release)).answer(REQUEST)
        except BudgetExhausted:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(ask) for _ in range(8)]
        # The refused are done, the others hold their reservation until all have been decided.
        wait(futures, timeout=20, return_when=FIRST_COMPLETED)
        until = time.monotonic() + 20
        while ModelCall.objects.count() + sum(future.done() for future in futures) < 8:
            assert time.monotonic() < until
            time.sleep(0.01)
        release.set()
        answered = sum(future.result() for future in futures)

    assert answered == 4


def test_a_call_that_failed_costs_nothing_and_says_why(price: ModelPrice) -> None:
    with pytest.raises(Transient):
        accounted(Answering(Transient("it is away", provider="m"))).answer(REQUEST)

    call = ModelCall.objects.get()
    assert (call.cost, call.reserved, call.error) == (Decimal(0), Decimal(0), "it is away")


def test_a_call_that_was_stopped_keeps_what_was_reserved(price: ModelPrice) -> None:
    with pytest.raises(KeyboardInterrupt):
        accounted(Answering(KeyboardInterrupt())).answer(REQUEST)

    assert ModelCall.objects.get().cost == Decimal("0.00233300")
    assert spent_in("acme", ModelCall.objects.get().month) == Decimal("0.00233300")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as state:
        yield state


def test_the_limit_counts_over_all_who_ask(server: ModelServer, settings) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0
    settings.LANGUAGE_MODEL = ModelSettings(
        backend="openai",
        base_url=f"{server.url}/v1",
        key="k",
        model="m",
        limit=Limit(count=2, seconds=60),
    )
    server.replies = [Reply(text='{"word": "yes"}')] * 3

    for job in ("job_1", "job_2"):
        backend_for(tenant_id="acme", job_id=job).answer(REQUEST)
    with pytest.raises(RateLimited):
        backend_for(tenant_id="other", job_id="job_3").answer(REQUEST)

    assert len(server.seen) == 2


def test_a_model_that_fails_in_a_row_is_left_alone(db, settings) -> None:
    settings.PROVIDER_CIRCUIT_FAILURES = 3
    away = Answering(Transient("away", provider="m"))
    limited = Limited(backend=away, limit=None)
    for _ in range(3):
        with pytest.raises(Transient):
            limited.answer(REQUEST)

    with pytest.raises(CircuitOpen):
        limited.answer(REQUEST)

    assert away.asked == 3
