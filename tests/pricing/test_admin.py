"""Pricing in Django admin, and the command that repeats a calculation."""

from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, User
from pricing.models import CalculationItem, Series

from .deals import batch, calculated, contract, publish_golden

pytestmark = pytest.mark.django_db

LOOKED_AT = ("observation", "contractversion", "contractline", "batch", "batchitem")
COMPUTED = ("calculation", "calculationitem", "calculationstep")


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root@example.com"))
    return client


def test_every_model_is_listed_searched_and_shown(root: Client, redis_clean: Any) -> None:
    publish_golden()
    contract()
    batch()
    calculated()

    for name in ("series", "contract", *LOOKED_AT, *COMPUTED):
        key = apps.get_model("pricing", name).objects.first().pk
        assert root.get(f"/admin/pricing/{name}/", {"q": "1"}).status_code == 200, name
        assert root.get(f"/admin/pricing/{name}/{key}/change/").status_code == 200, name
        assert root.get(f"/admin/pricing/{name}/add/").status_code == 403, name
        assert root.post(f"/admin/pricing/{name}/{key}/delete/", {"post": "yes"}).status_code == 403, name
    for name in ("valueimport", "valueupload", "seriesfeed"):
        assert root.get(f"/admin/pricing/{name}/").status_code == 200, name


def test_a_series_is_described_and_the_change_is_audited(root: Client) -> None:
    series = Series.objects.create(tenant_id="acme", code="WTI")
    form = {"name": "Crude oil", "unit": "$/BBL", "currency": "USD", "frequency": "daily"}

    root.post(f"/admin/pricing/series/{series.pk}/change/", form)

    series.refresh_from_db()
    assert (series.code, series.name, series.frequency) == ("WTI", "Crude oil", "daily")
    assert AuditEntry.objects.get(action="series.change").details["fields"]["name"] == "Crude oil"


def test_the_command_repeats_a_calculation_and_finds_forged_digits(redis_clean: Any, capsys: Any) -> None:
    publish_golden()
    contract(lines=2)
    batch()
    done = calculated()

    call_command("repeat_calculation", str(done.public_id))

    assert "2 items, the same to the last digit" in capsys.readouterr().out
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE pricing_calculationitem DISABLE TRIGGER calculationitem_is_added_only")
    CalculationItem.objects.update(amount="526390.01")
    with pytest.raises(CommandError, match="2 items differ: C1 L1, C1 L2"):
        call_command("repeat_calculation", str(done.public_id))
