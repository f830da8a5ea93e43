"""The job type `signal`: stored once, counted once."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from jobs import actions
from jobs.models import Job
from jobs.payloads import InvalidPayload
from jobs.testing import run_job
from prospects.companies import ensure_company
from prospects.models import Company, Signal, SignalCount
from prospects.signals.storing import store_signal

pytestmark = pytest.mark.django_db(transaction=True)

OPENED = {"signalId": "s1", "signalType": "Email Open", "companyId": "comp_1", "data": {"campaign": "spring"}}


def run(tenant_id: str | None = "acme", **fields: Any) -> Job:
    return run_job("signal", {**OPENED, **({"tenantId": tenant_id} if tenant_id else {}), **fields})


def test_a_signal_is_stored_counted_and_waits_with_high_priority(redis_clean: Any) -> None:
    job = run()

    assert (job.status, job.priority, job.related_id) == ("completed", 100, "comp_1")
    assert job.result == {"signalId": "s1", "stored": True, "duplicate": False}
    signal = Signal.objects.get()
    assert (signal.tenant_id, signal.kind, signal.data) == ("acme", "email-open", {"campaign": "spring"})
    assert SignalCount.objects.get().count == 1


def test_a_signal_sent_again_is_a_duplicate_and_is_not_counted_again(redis_clean: Any) -> None:
    run()

    again = run(data={"campaign": "summer"})

    assert again.result == {"signalId": "s1", "stored": False, "duplicate": True}
    assert Signal.objects.get().data == {"campaign": "spring"}
    assert SignalCount.objects.get().count == 1


def test_the_same_id_of_another_organisation_is_another_signal(redis_clean: Any) -> None:
    run()

    assert run("beta").result["stored"] is True
    assert run(None).result["stored"] is True
    assert set(Company.objects.values_list("tenant_id", "key")) == {
        ("acme", "comp_1"),
        ("beta", "comp_1"),
        ("", "comp_1"),
    }


def test_an_unknown_company_is_made_so_that_its_signal_is_kept(redis_clean: Any) -> None:
    run(companyId="comp_new")

    company = Company.objects.get()
    assert (company.key, company.name, company.origin) == ("comp_new", "", "given")


def test_a_signal_is_dated_by_its_reporter(redis_clean: Any) -> None:
    run(data={"occurredAt": "2026-01-31T10:00:00+02:00"})
    run(signalId="s2", data={"occurredAt": "2025-12-31T10:00:00Z"})
    run(signalId="s3", data={"occurredAt": "last Tuesday"})

    assert Signal.objects.get(signal_id="s1").occurred_at == datetime(2026, 1, 31, 8, tzinfo=UTC)
    count = SignalCount.objects.get()
    assert (count.count, count.first_at) == (3, datetime(2025, 12, 31, 10, tzinfo=UTC))
    assert count.last_at == Signal.objects.get(signal_id="s3").occurred_at


@pytest.mark.parametrize("missing", sorted(OPENED))
def test_every_field_is_required(missing: str) -> None:
    data = {name: value for name, value in OPENED.items() if name != missing}

    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="signal", data=data)

    assert error.value.fields == {missing: "is required"}


@pytest.mark.parametrize(("field", "value"), [("signalType", "x" * 101), ("signalType", " "), ("data", [1])])
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidPayload) as error:
        actions.enqueue(type="signal", data={**OPENED, field: value})

    assert list(error.value.fields) == [field]


def test_ten_deliveries_at_once_store_and_count_one() -> None:
    outcomes: list[bool] = []
    barrier = threading.Barrier(10)

    def deliver() -> None:
        try:
            barrier.wait()
            company = ensure_company(tenant_id="acme", key="comp_1")
            outcomes.append(store_signal(company=company, signal_id="s1", signal_type="Email Open", data={}))
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == [False] * 9 + [True]
    assert (Company.objects.count(), SignalCount.objects.get().count) == (1, 1)
