"""R-TYPE-27: a batch as a job, what it stores, and that nothing is ever overwritten."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from standardwebhooks import Webhook

from accounts.callers import system_caller
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_again, run_job
from jobs.webhooks import endpoints
from pricing.calculating.batches import repeat
from pricing.models import Calculation, CalculationItem, CalculationStep, ContractVersion
from tests.providers.receivers import answers, receiver

from .deals import batch, calculated, contract, publish, publish_golden, run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def golden(redis_clean: Any) -> None:
    publish_golden()


def steps(item: CalculationItem) -> list[CalculationStep]:
    both = CalculationStep.objects.filter(calculation=item.calculation, version=item.version)
    return sorted((one for one in both if one.item_id in {None, item.pk}), key=lambda one: one.order)


def test_a_batch_is_priced_with_every_step() -> None:
    contract(lines=2)
    batch()

    job = run()

    assert job.status == "completed", job.error
    done = Calculation.objects.get()
    assert set(job.result or {}) == {"status", "batchId", "timestamp", "itemsCalculated"}
    assert {**(job.result or {}), "timestamp": ""} == {
        "status": "SUCCESS",
        "batchId": "B1",
        "timestamp": "",
        "itemsCalculated": 2,
    }
    assert (done.number, done.provisional, done.totals) == (1, True, {"USD": {"amount": "1052780.00", "delta": None}})
    items = list(done.items.order_by("position"))
    assert [(str(one.price), str(one.amount)) for one in items] == [("1052.78", "526390.00")] * 2
    for item in items:
        told = steps(item)
        assert [one.order for one in told] == list(range(1, len(told) + 1))
        assert [one.rule for one in told][-3:] == ["factor", "price", "amount"]
    mean = next(one for one in steps(items[0]) if one.rule == "current average")
    assert (mean.expression, str(mean.rounded), mean.rounding) == (
        "(76.1 + 78.45 + 80.25) / 3",
        "78.266667",
        "6 places, HALF_UP",
    )
    assert [one["version"] for one in mean.inputs] == ["final"] * 3
    assert all(isinstance(one["observation"], int) for one in mean.inputs)
    assert CalculationStep.objects.filter(item=None).count() == len(told) - 2


def test_the_final_index_makes_a_second_calculation_with_the_golden_true_up() -> None:
    contract()
    batch()
    first = calculated()
    before = list(CalculationItem.objects.values())
    publish("PPI", "2026-03-01", "261.0")

    second = calculated()

    item = second.items.get()
    assert (str(item.amount), str(item.previous_amount), str(item.delta)) == ("525640.00", "526390.00", "-750.00")
    assert (second.number, second.previous, second.provisional) == (2, first, False)
    assert second.totals == {"USD": {"amount": "525640.00", "delta": "-750.00"}}
    true_up = steps(item)[-1]
    assert (true_up.rule, true_up.expression) == ("true-up", "525640.00 - 526390.00")
    assert list(first.items.values()) == before


def test_last_months_run_still_reproduces_after_revisions_and_amendments() -> None:
    contract()
    batch()
    first = calculated()
    publish("PPI", "2026-03-01", "261.0")
    publish("WTI", "2026-03-02", "99.99")
    second = calculated()

    assert (repeat(first), repeat(second)) == ([], [])
    assert first.digest != second.digest


def test_a_value_published_after_the_batchs_moment_does_not_count() -> None:
    contract()
    batch("B2", asOf=_now())
    publish("PPI", "2026-03-01", "261.0")

    assert str(calculated("B2").items.get().price) == "1052.78"


def test_the_same_batch_gives_the_same_digits_every_time() -> None:
    contract(lines=3)
    batch()
    batch("B2")

    assert calculated("B1").digest == calculated("B2").digest == calculated("B1").digest


def test_an_item_without_a_price_leaves_nothing_behind() -> None:
    contract(lines=3)
    contract("C2", versions=["final"])
    endpoint = endpoints.create(
        tenant_id="acme",
        values={"url": "https://example.com/hook", "events": ["*"]},
        by=system_caller(),
    )
    batch(contracts=["C1", "C2"])

    job = run()

    assert (job.status, job.attempts_made, job.error_type) == ("failed", 1, "VALIDATION_ERROR")
    assert "1 items have no price" in (job.error_message or "")
    assert "C2 L1: PPI is not published yet for 2026-03-01 to 2026-03-31" in (job.error_message or "")
    assert not Calculation.objects.exists()
    assert not CalculationStep.objects.exists()
    assert not Job.objects.filter(type="webhook", related_id=endpoint.endpoint.public_id).exists()


def test_subscribed_endpoints_are_told_once_each() -> None:
    made = [
        endpoints.create(
            tenant_id=tenant, values={"url": "https://example.com/hook", "events": events}, by=system_caller()
        ).endpoint
        for tenant, events in (
            ("acme", ["calc.batch.completed"]),
            ("acme", ["*"]),
            ("acme", ["job.failed"]),
            ("globex", ["*"]),
        )
    ]
    contract()
    batch()

    done = calculated()

    told = Job.objects.filter(type="webhook", data__eventType="calc.batch.completed")
    assert sorted(str(one.related_id) for one in told) == sorted(one.public_id for one in made[:2])
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM jobs_webhookmessage WHERE event_type = 'calc.batch.completed'")
        (stored,) = cursor.fetchall()
    data = json.loads(stored[0]) if isinstance(stored[0], str) else stored[0]
    assert (data["batchId"], data["itemsCalculated"], data["calculationId"]) == ("B1", 1, str(done.public_id))


def test_a_receiver_gets_the_totals_signed(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    contract()
    batch()
    with receiver(answers(200)) as served:
        values = {"url": served.url, "events": ["calc.batch.completed"]}
        secret = endpoints.create(tenant_id="acme", values=values, by=system_caller()).secret
        done = calculated()
        sent = run_again(Job.objects.get(type="webhook"))

    assert (sent.status, len(served.received)) == ("completed", 1)
    told = Webhook(secret).verify(served.received[0].body, served.received[0].headers)
    assert (told["event"], told["data"]["batchId"], told["data"]["digest"]) == (
        "calc.batch.completed",
        "B1",
        done.digest,
    )
    assert told["data"]["totals"] == {"USD": {"amount": "526390.00", "delta": None}}


def test_a_batch_of_another_organisation_is_not_touched() -> None:
    publish_golden("globex")
    contract()
    contract(tenant_id="globex", fixed="0.30", components=_half_wti())
    batch()
    batch(tenant_id="globex")

    calculated(tenant_id="acme")

    assert set(Calculation.objects.values_list("tenant_id", flat=True)) == {"acme"}
    missing = run("B9")
    assert (missing.status, missing.attempts_made) == ("failed", 1)
    assert "no batch B9" in (missing.error_message or "")


def test_the_version_that_holds_on_the_pricing_date_counts() -> None:
    first = contract()
    ContractVersion.objects.create(
        tenant_id="acme", contract=first.contract, number=2, effective_from="2026-03-05", terms={}
    )
    batch()

    assert calculated().items.get().version == first


def test_a_collar_per_period_follows_the_price_of_the_period_before() -> None:
    for day in ("2026-02-02", "2026-02-03", "2026-02-04"):
        publish("WTI", day, "100")
    publish("PPI", "2026-02-01", "250")
    publish("ECI", "2026-02-01", "160")
    contract(collar={"period": {"cap": "1", "floor": "1"}})
    batch("FEB", pricingDate="2026-02-04")
    batch("MAR")

    february, march = calculated("FEB").items.get(), calculated("MAR").items.get()

    assert [str(one.price) for one in (february, march)] == ["1010.00", "1020.10"]
    assert (march.price_before, march.before_item) == (Decimal("1010.00"), february)
    assert repeat(march.calculation) == []


def test_a_batch_may_name_single_lines_and_quantities() -> None:
    contract(lines=3)
    batch(items=[{"contract": "C1", "line": "L2", "quantity": "10"}])

    item = calculated().items.get()

    assert (item.line_code, str(item.amount)) == ("L2", "10527.80")


def test_progress_has_a_start_stages_and_an_end() -> None:
    contract()
    batch()

    job = run()

    assert (job.progress, job.related_id, job.queue) == (100, "B1", "calculation")


@pytest.mark.parametrize("field", ["tenantId", "batchId"])
def test_both_fields_are_required(field: str) -> None:
    data = {"tenantId": "acme", "batchId": "B1"}
    del data[field]

    with pytest.raises(InvalidPayload) as caught:
        run_job("calculation", data)

    assert list(caught.value.fields) == [field]


def _now() -> str:
    from django.utils import timezone

    return timezone.now().isoformat()


def _half_wti() -> list[dict[str, Any]]:
    one = {"name": "WTI", "series": "WTI", "weight": "0.70", "base": {"value": "72.50"}}
    return [one | {"current": {"window": {"unit": "observation", "count": 3}}}]
