"""Callers of the API, by role and organisation."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import Membership, Organisation, User


@pytest.fixture
def client_of(db: None, redis_clean: Any) -> Callable[..., APIClient]:
    """`client_of("viewer")`: a client with a token of such a user; of Acme unless another slug is given."""

    def make(role: str = "member", slug: str = "acme") -> APIClient:
        organisation, _ = Organisation.objects.get_or_create(slug=slug, defaults={"name": slug})
        email = f"{role}@{slug}.example"
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, role="admin" if role == "admin" else ""
        )
        if role != "admin":
            Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": role})
        client = APIClient(raise_request_exception=False)
        _, secret = tokens.issue(user=user, organisation=organisation, name="test")
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
        return client

    return make
