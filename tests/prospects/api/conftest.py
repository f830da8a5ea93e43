"""Callers of the read and import resources, by role and organisation."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Membership, Organisation, User


@pytest.fixture
def client_of(db: None) -> Any:
    def make(role: str = "member", *, slug: str = "acme", scopes: list[str] | None = None) -> APIClient:
        home, _ = Organisation.objects.get_or_create(slug=slug, defaults={"name": slug})
        user = User.objects.create_user(f"{role}@{slug}.com", role="admin" if role == "admin" else "")
        if role != "admin":
            Membership.objects.create(user=user, organisation=home, role=role)
        _, secret = tokens.issue(user=user, organisation=home, name="test", scopes=scopes)
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make
