"""What the database refuses, whoever writes."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from pricing.calculation import observations
from pricing.models import Batch, Contract, ContractVersion, Frequency, Observation, Series

pytestmark = pytest.mark.django_db


def observation(series: Series, **changes: Any) -> Observation:
    values = {
        "series": series,
        "tenant_id": series.tenant_id,
        "as_of_date": "2026-01-01",
        "version_tag": "final",
        "revision": 1,
        "value": "1",
        "published_at": timezone.now(),
        "source": "csv",
        "origin": "file",
    }
    return Observation.objects.create(**values | changes)


@pytest.fixture
def series() -> Series:
    return Series.objects.create(tenant_id="acme", code="WTI")


def test_published_values_are_only_added_to(series: Series) -> None:
    one = observation(series)

    for change in (lambda: Observation.objects.update(value="2"), one.delete):
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "changes", [{}, {"revision": 0}, {"version_tag": "", "revision": 2}, {"origin": "dream", "revision": 2}]
)
def test_a_second_or_senseless_value_is_refused(series: Series, changes: dict[str, Any]) -> None:
    observation(series)

    with pytest.raises(IntegrityError), transaction.atomic():
        observation(series, **changes)


def test_a_value_belongs_to_the_organisation_of_its_series(series: Series) -> None:
    with pytest.raises(IntegrityError, match="of_tenant"), transaction.atomic():
        observation(series, tenant_id="globex")


def test_a_series_with_values_keeps_its_organisation_and_stays(series: Series) -> None:
    observation(series)
    empty = Series.objects.create(tenant_id="acme", code="EMPTY")
    with connection.cursor() as cursor:
        for change in ("UPDATE pricing_series SET tenant_id = 'globex'", "DELETE FROM pricing_series"):
            with pytest.raises(IntegrityError, match="of_tenant"), transaction.atomic():
                cursor.execute(f"{change} WHERE code = 'WTI'")
        cursor.execute("UPDATE pricing_series SET name = 'Crude oil'")

    empty.delete()
    assert Series.objects.get().name == "Crude oil"


@pytest.mark.parametrize("model", [Series, Contract])
def test_codes_are_unique_in_an_organisation_and_fit_for_a_path(model: Any) -> None:
    model.objects.create(tenant_id="acme", code="A")
    model.objects.create(tenant_id="globex", code="A")

    for code in ("A", "a/b", "", "-"):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(tenant_id="acme", code=code)


def test_an_agreed_version_is_not_edited() -> None:
    contract = Contract.objects.create(tenant_id="acme", code="C")
    ContractVersion.objects.create(tenant_id="acme", contract=contract, number=1, effective_from="2026-01-01", terms={})

    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        ContractVersion.objects.update(note="changed")


def test_a_batch_belongs_to_one_organisation() -> None:
    Batch.objects.create(tenant_id="acme", code="B", pricing_date="2026-01-01")
    Batch.objects.create(tenant_id="globex", code="B", pricing_date="2026-01-01")

    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(tenant_id="acme", code="B", pricing_date="2026-02-01")


def test_the_words_for_frequencies_are_those_of_the_calculation() -> None:
    assert Frequency.values == [one.value for one in observations.Frequency]


def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "pricing", check=True, dry_run=True, verbosity=0)


def test_the_migrations_can_be_taken_back_and_given_again() -> None:
    MigrationExecutor(connection).migrate([("pricing", None)])
    MigrationExecutor(connection).migrate([("pricing", "0002_added_only")])

    assert not Series.objects.exists()
