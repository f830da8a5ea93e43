"""Callers for the tests of the schema."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Membership, Organisation, User
from accounts.roles import Role


@pytest.fixture
def acme(db: None) -> Organisation:
    return Organisation.objects.create(slug="acme", name="Acme")


@pytest.fixture
def client_with(acme: Organisation) -> Callable[[Role], APIClient]:
    """A client with the token of somebody who has the role in Acme."""

    def make(role: Role) -> APIClient:
        user = User.objects.create_user(f"{role}@example.com", role=str(role) if role is Role.ADMIN else "")
        Membership.objects.create(user=user, organisation=acme, role=min(role, Role.TENANT_ADMIN))
        _, secret = tokens.issue(user=user, organisation=acme, name="test")
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make


@pytest.fixture
def reader(client_with: Callable[[Role], APIClient]) -> APIClient:
    return client_with(Role.VIEWER)
