"""People, organisations and clients for the tests of accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ApiToken, Membership, Organisation, User

Person = Callable[..., User]
Issue = Callable[..., tuple[ApiToken, str]]


@pytest.fixture
def acme(db: None) -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme")


@pytest.fixture
def globex(db: None) -> Organisation:
    return Organisation.objects.create(slug="globex", name="Globex")


@pytest.fixture
def person(db: None) -> Person:
    """`person("ana@example.com", acme="member")`: a user with a role per organisation slug."""

    def make(email: str, *, role: str = "", plan: str = "free", is_active: bool = True, **memberships: str) -> User:
        user = User.objects.create_user(email, role=role, plan=plan, is_active=is_active)
        for slug, held in memberships.items():
            Membership.objects.create(user=user, organisation=Organisation.objects.get(slug=slug), role=held)
        return user

    return make


@pytest.fixture
def issue() -> Issue:
    def make(user: User | None, organisation: Organisation, **options: Any) -> tuple[ApiToken, str]:
        return tokens.issue(user=user, organisation=organisation, **{"name": "test"} | options)

    return make


def bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client
