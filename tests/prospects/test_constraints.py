"""What the database refuses, whoever writes."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from prospects import models
from prospects.models import Collateral, Filing, Lien, Party, Prospect
from providers import ucc

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing() -> Filing:
    lien = Lien.objects.create(state="NY", file_number="1", source="file")
    filing = Filing.objects.create(lien=lien, file_number="1", action="initial", source="file")
    Party.objects.create(
        filing=filing, role="debtor", kind="organisation", name="A", name_key="A", state="NY", source="file"
    )
    Collateral.objects.create(filing=filing, text="all", source="file")
    Prospect.objects.create(state="NY", name="A", name_key="A", filing_count=1, source="file")
    return filing


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Lien, {"state": "NY", "file_number": "1"}),
        (Lien, {"state": "ny", "file_number": "2"}),
        (Lien, {"state": "NY", "file_number": ""}),
        (Lien, {"state": "NY", "file_number": "2", "status": "open"}),
        (Lien, {"state": "NY", "file_number": "2", "source": "dream"}),
        (Filing, {"file_number": "1", "action": "initial"}),
        (Filing, {"file_number": "2", "action": "erase"}),
        (Party, {"state": "NY", "role": "debtor", "kind": "organisation", "name": "a", "name_key": "A"}),
        (Party, {"state": "NY", "role": "friend", "kind": "organisation", "name": "b", "name_key": "B"}),
        (Party, {"state": "NY", "role": "debtor", "kind": "organisation", "name": "", "name_key": ""}),
        (Collateral, {"text": "all"}),
        (Prospect, {"state": "NY", "name": "a", "name_key": "A", "filing_count": 1}),
        (
            Prospect,
            {
                "state": "NY",
                "name": "b",
                "name_key": "B",
                "filing_count": 1,
                "first_filed_on": "2026-02-01",
                "last_filed_on": "2026-01-01",
            },
        ),
    ],
)
def test_a_second_or_senseless_row_is_refused(filing: Filing, model: Any, fields: dict[str, Any]) -> None:
    if model is Filing:
        fields = {**fields, "lien": filing.lien}
    elif model in (Party, Collateral):
        fields = {**fields, "filing": filing}

    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**{"source": "file", **fields})


def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", "prospects", check=True, dry_run=True, verbosity=0)


def test_the_migrations_can_be_taken_back_and_given_again() -> None:
    MigrationExecutor(connection).migrate([("prospects", None)])
    MigrationExecutor(connection).migrate([("prospects", "0001_initial")])

    assert not Lien.objects.exists()


@pytest.mark.parametrize(
    ("stored", "delivered"),
    [
        (models.Source, ucc.SourceLabel),
        (models.LienStatus, ucc.LienStatus),
        (models.Action, ucc.Action),
        (models.Role, ucc.PartyRole),
        (models.Kind, ucc.PartyKind),
    ],
)
def test_the_database_takes_every_word_that_sources_deliver(stored: Any, delivered: Any) -> None:
    both = "change both prospects/models/filings.py and providers/ucc/records.py"
    assert list(stored.values) == list(delivered), both
