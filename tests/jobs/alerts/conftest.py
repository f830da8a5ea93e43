"""Clients by role and test types, as the API's tests have them, and who is told of alerts."""

from typing import Any

import pytest

from tests.jobs.api.conftest import acme, admin, client_of, fresh_process, types

__all__ = ["acme", "admin", "client_of", "fresh_process", "types"]


@pytest.fixture
def recipients(settings: Any) -> None:
    settings.ALERT_EMAILS = ["ops@example.com"]
    settings.FAILURE_EMAILS = []
