"""Values from the sources themselves, into series."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organisation
from pricing.ingestion.live import Fetched, store_live
from pricing.models import Observation
from providers.index_values import IndexValue

pytestmark = pytest.mark.django_db


def vintage(value: str, month: int) -> IndexValue:
    at = datetime(2026, month, 5, tzinfo=UTC)
    return IndexValue(date=date(2026, 1, 1), value=Decimal(value), published_at=at)


def store(*values: IndexValue) -> Fetched:
    return store_live(tenant_id="acme", code="GDP", values=values, source="fred")


def test_vintages_become_revisions_and_asking_again_adds_only_what_is_new() -> None:
    first = store(vintage("1.0", 2), vintage("1.1", 3))
    again = store(vintage("1.0", 2), vintage("1.1", 3))
    later = store(vintage("1.0", 2), vintage("1.1", 3), vintage("1.2", 4))

    assert [(one.inserted, one.updated) for one in (first, again, later)] == [(1, 1), (0, 0), (0, 1)]
    kept = Observation.objects.order_by("revision")
    assert [(one.revision, str(one.value.normalize()), one.published_at.month) for one in kept] == [
        (1, "1", 2),
        (2, "1.1", 3),
        (3, "1.2", 4),
    ]
    assert {(one.origin, one.source) for one in kept} == {("live", "fred")}


def test_the_command_says_what_is_missing(redis_clean: Any) -> None:
    Organisation.objects.create(slug="acme", name="Acme")

    with pytest.raises(CommandError, match="QUARRY_LIVE_SOURCES"):
        call_command("fetch_index_values", "fred", "GDP", series="GDP", organisation="acme")
    with pytest.raises(CommandError, match="--series"):
        call_command("fetch_index_values", "fred", "GDP", series="a/b", organisation="acme")
