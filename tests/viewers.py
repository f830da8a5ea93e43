"""Somebody of an organisation who looks at pages, in a role; conftest files take the fixture from here."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Membership, Organisation, User

NewViewer = Callable[..., Client]


@pytest.fixture
def viewer(db: None) -> NewViewer:
    """`viewer("ana@example.com", role="member", organisation="acme")`: a signed-in browser; `.user` is who it is."""

    def make(email: str = "ana@example.com", *, role: str = "member", organisation: str = "acme") -> Client:
        home, _ = Organisation.objects.get_or_create(slug=organisation, defaults={"name": organisation.capitalize()})
        user = User.objects.create_user(email)
        Membership.objects.create(user=user, organisation=home, role=role)
        client = Client()
        client.force_login(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return make
