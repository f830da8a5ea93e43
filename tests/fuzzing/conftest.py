"""Somebody with every right, and rows to ask for."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Membership, Organisation, User
from accounts.roles import Role

from .rows import Rows, store_rows


@pytest.fixture
def boss(db: None, redis_clean: Any) -> APIClient:
    """An administrator with an organisation, so that nothing is hidden behind 403."""
    acme = Organisation.objects.create(slug="acme", name="Acme")
    user = User.objects.create_user("boss@example.com", role="admin")
    Membership.objects.create(user=user, organisation=acme, role=Role.TENANT_ADMIN)
    _, secret = tokens.issue(user=user, organisation=acme, name="test")
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def rows(boss: APIClient) -> Rows:
    return store_rows(boss)
