"""The sample of pricing: the golden example, loaded once."""

from typing import Any

import pytest

from jobs.demonstration import Loaded
from jobs.testing import run_job
from jobs.webhooks.models import WebhookEndpoint, WebhookMessage
from pricing import demo
from pricing.models import Batch, Calculation, Contract, Observation, Series
from pricing.reads.overview import overviews

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    rows = (Series, Observation, Contract, Batch, Calculation, WebhookEndpoint, WebhookMessage)
    return [one.objects.count() for one in rows]


def test_the_sample_is_labelled_and_a_second_run_adds_nothing(redis_clean: Any) -> None:
    from jobs import demo as webhooks_demo

    first: Loaded = demo.load(tenant_id="demo")
    webhooks_demo.load(tenant_id="demo")
    before = counts()

    again = demo.load(tenant_id="demo")
    webhook = webhooks_demo.load(tenant_id="demo").examples["webhook"]

    assert counts() == before
    assert (before[0], before[4:], "336 new" in first.said[0], "0 new" in again.said[0]) == (3, [1, 1, 1], True, True)
    assert set(Observation.objects.values_list("origin", flat=True)) == {"sample"}
    assert all(one.is_sample and one.last for one in overviews(list(Series.objects.all())).values())
    assert run_job("webhook", webhook).status == "completed"


def test_the_sample_gives_the_golden_price_and_its_example_the_golden_true_up(redis_clean: Any) -> None:
    examples = demo.load(tenant_id="demo").examples
    first = Calculation.objects.get()

    assert run_job("index-ingestion", examples["index-ingestion"]).status == "completed"
    assert run_job("calculation", examples["calculation"]).status == "completed"

    assert (str(first.items.get().price), first.provisional) == ("1052.78", True)
    assert Calculation.objects.latest("pk").totals == {"USD": {"amount": "525640.00", "delta": "-750.00"}}
