"""Viewers of every role and a few rows of two organisations."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from prospects.models import Prospect
from prospects.names import name_key
from tests.viewers import NewViewer as NewViewer
from tests.viewers import viewer as viewer

NewProspect = Callable[..., Prospect]


@pytest.fixture
def prospect(db: None) -> NewProspect:
    def make(name: str = "Acme Dental LLC", **values: Any) -> Prospect:
        given = {"tenant_id": "acme", "state": "TX", "source": "file", "filing_count": 1, **values}
        if given.get("score") is not None:
            given["score"] = Decimal(str(given["score"]))
        row = Prospect.objects.create(name=name, name_key=name_key(name), **given)
        row.refresh_from_db()
        return row

    return make
