"""Organisations, endpoints and receivers for the tests of webhooks."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.callers import Caller, system_caller
from accounts.models import Organisation
from accounts.roles import SCOPES, Role
from jobs import dispatch
from jobs.webhooks import endpoints
from jobs.webhooks.endpoints import Issued
from tests.jobs.api.conftest import acme, client_of, fresh_process, globex, types

__all__ = ["acme", "client_of", "fresh_process", "globex", "types"]

NewEndpoint = Callable[..., Issued]


@pytest.fixture(autouse=True)
def private_receivers(settings: Any) -> None:
    settings.WEBHOOK_ALLOW_PRIVATE = True


@pytest.fixture
def subscribe(acme: Organisation, redis_clean: Any) -> NewEndpoint:
    """`subscribe(url, "job.failed")`: an endpoint of Acme with its secret."""

    def make(url: str, *events: str, tenant: str = "acme") -> Issued:
        values = {"url": url, "events": list(events) or ["*"]}
        return endpoints.create(tenant_id=tenant, values=values, by=system_caller())

    return make


def boss(tenant: str = "acme") -> Caller:
    return Caller(
        user_id=f"boss of {tenant}",
        tenant_id=tenant,
        tenants=frozenset({tenant}),
        role=Role.TENANT_ADMIN,
        scopes=frozenset(SCOPES),
        plan="free",
        is_service=False,
        name="Boss",
    )


@pytest.fixture
def no_redis_publishing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay in the ledger, where the test runs them itself."""
    monkeypatch.setattr(dispatch, "publish", lambda jobs: None)
