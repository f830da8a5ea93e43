"""Viewers of every role and a few rows of two organisations."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, Organisation, User
from prospects.models import Prospect
from prospects.names import name_key

NewViewer = Callable[..., Client]
NewProspect = Callable[..., Prospect]


@pytest.fixture
def viewer(db: None) -> NewViewer:
    """`viewer("ana@example.com", role="member", organisation="acme")`: a signed-in browser."""

    def make(email: str = "ana@example.com", *, role: str = "member", organisation: str = "acme") -> Client:
        home, _ = Organisation.objects.get_or_create(slug=organisation, defaults={"name": organisation.capitalize()})
        user = User.objects.create_user(email)
        Membership.objects.create(user=user, organisation=home, role=role)
        client = Client()
        client.force_login(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return make


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
