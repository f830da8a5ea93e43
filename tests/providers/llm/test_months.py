"""What models used is added up by month, shown to Prometheus, and outlives the calls."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from jobs import hooks, maintenance, prometheus
from providers.errors import Transient
from providers.http.circuits import standings
from providers.llm.accounting import Accounted
from providers.llm.choosing import backend_for, judge_backend_for
from providers.llm.limited import Limited
from providers.llm.models import ModelCall, ModelMonth, ModelPrice
from providers.llm.months import forget_old_calls
from providers.llm.protocol import Usage
from providers.llm.settings import ModelSettings
from providers.llm.timeouts import Timeouts
from providers.models import SourceState

from .test_accounting import REQUEST, USED, Answering

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def price(db) -> ModelPrice:
    return ModelPrice.objects.create(
        model="m", valid_from=date(2026, 1, 1), input_price=1, cached_input_price=Decimal("0.1"), output_price=2
    )


def ask(usage: Usage | BaseException = USED, *, tenant_id: str = "acme") -> None:
    backend = Accounted(backend=Answering(usage), model="m", tenant_id=tenant_id, job_id="job_1")
    if isinstance(usage, BaseException):
        with pytest.raises(type(usage)):
            backend.answer(REQUEST)
    else:
        backend.answer(REQUEST)


def test_each_call_is_added_to_its_month_as_it_ends(price: ModelPrice) -> None:
    ask()
    ask()
    ask(Transient("away", provider="m"))

    sums = ModelMonth.objects.get(model="m-1")
    assert (sums.tenant_id, sums.task, sums.backend) == ("acme", "test", "openai")
    assert (sums.calls, sums.failed, sums.unpriced) == (2, 0, 0)
    assert (sums.input_tokens, sums.cached_tokens, sums.output_tokens) == (2000, 800, 1000)
    assert sums.cost == Decimal("0.00328000")
    failed = ModelMonth.objects.get(model="m")
    assert (failed.calls, failed.failed, failed.cost) == (1, 1, Decimal(0))


def test_tokens_without_a_price_are_counted_as_such(db) -> None:
    ask()

    assert (ModelMonth.objects.get().unpriced, ModelMonth.objects.get().cost) == (1, Decimal(0))


def test_old_calls_go_and_their_sums_stay(price: ModelPrice, settings) -> None:
    settings.LLM_CALL_DAYS = 100
    ask()
    ask(tenant_id="other")
    long_ago = timezone.now() - timedelta(days=101)
    aged = ModelCall.objects.filter(tenant_id="acme")
    aged.update(created_at=long_ago, month=long_ago.astimezone(UTC).date().replace(day=1))
    before = ModelMonth.objects.get(tenant_id="acme").cost

    assert forget_old_calls() == 1
    assert forget_old_calls() == 0

    assert list(ModelCall.objects.values_list("tenant_id", flat=True)) == ["other"]
    assert ModelMonth.objects.get(tenant_id="acme").cost == before


def test_a_call_that_never_ended_is_added_with_what_it_had_reserved(db) -> None:
    old = ModelCall.objects.create(
        tenant_id="acme", month=date(2024, 3, 1), task="test", backend="openai", model="m", reserved=Decimal("0.25")
    )
    ModelCall.objects.filter(pk=old.pk).update(created_at=datetime(2024, 3, 5, tzinfo=UTC))

    assert forget_old_calls() == 1

    sums = ModelMonth.objects.get()
    assert (sums.month, sums.calls, sums.failed, sums.cost) == (date(2024, 3, 1), 1, 1, Decimal("0.25"))


def test_a_call_of_this_month_stays_however_old_it_claims_to_be(price: ModelPrice) -> None:
    ask()
    ModelCall.objects.update(created_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert forget_old_calls() == 0


def test_prometheus_sees_calls_tokens_and_dollars_by_task_and_model(price: ModelPrice) -> None:
    ask()
    ask(tenant_id="other")

    exposed = "\n".join(
        f"{sample.name}{sorted(sample.labels.items())} {sample.value}"
        for metric in prometheus._models()
        for sample in metric.samples
    )

    assert "model_calls_total[('model', 'm-1'), ('outcome', 'answered'), ('task', 'test')] 2.0" in exposed
    assert "model_tokens_total[('kind', 'input'), ('model', 'm-1'), ('task', 'test')] 1200.0" in exposed
    assert "model_tokens_total[('kind', 'cached'), ('model', 'm-1'), ('task', 'test')] 800.0" in exposed
    assert "model_cost_usd_total[('model', 'm-1'), ('task', 'test')] 0.00328" in exposed


def test_the_ticker_forgets_once_an_hour(db, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []
    paths = list(settings.CLEANUPS)
    monkeypatch.setattr(maintenance, "REPAIRS", ())
    monkeypatch.setattr(hooks, "cleanups", lambda: {path: lambda path=path: run.append(path) for path in paths})

    maintenance.tick()
    maintenance.tick()

    assert run == paths == ["providers.llm.months.forget_old_calls", "research.quota.forget_old_units"]


def test_the_cleanups_that_are_named_exist(db) -> None:
    assert all(callable(forget) for forget in hooks.cleanups().values())


def test_a_model_that_is_tried_again_has_as_long_as_its_answer_may_take(db, settings) -> None:
    """Otherwise a second call would go out while the first, a slow one, still tries the open circuit."""
    settings.PROVIDER_CIRCUIT_FAILURES = 1
    longest = Timeouts(total=840, between=60).longest
    with pytest.raises(Transient):
        Limited(backend=Answering(Transient("away", provider="m")), limit=None).answer(REQUEST)
    SourceState.objects.update(opened_at=timezone.now() - timedelta(hours=1))
    finish, asked = Event(), Answering(USED)
    asked._before = finish

    def try_it() -> None:
        try:
            Limited(backend=asked, limit=None, longest_seconds=longest).answer(REQUEST)
        finally:
            connection.close()

    trial = Thread(target=try_it)
    trial.start()
    try:
        while not asked.asked:
            trial.join(0.01)
        standing = standings()["language-model"]
        assert standing.row.trial_until - standing.at > timedelta(seconds=longest - 30)
    finally:
        finish.set()
        trial.join()
    assert standings()["language-model"].row.opened_at is None


def test_the_judge_may_be_another_model(db, settings) -> None:
    settings.LANGUAGE_MODEL = ModelSettings(backend="openai", base_url="http://127.0.0.1:9/v1", model="author")

    assert judge_backend_for(tenant_id="", job_id="j").model == "author"  # type: ignore[attr-defined]
    settings.LANGUAGE_MODEL = ModelSettings(
        backend="openai", base_url="http://127.0.0.1:9/v1", model="author", judge_model="judge"
    )
    assert judge_backend_for(tenant_id="", job_id="j").model == "judge"  # type: ignore[attr-defined]
    assert backend_for(tenant_id="", job_id="j").model == "author"  # type: ignore[attr-defined]
