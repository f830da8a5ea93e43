"""Examples for the tests of the worker's parts."""

from datetime import UTC, datetime
from typing import Any

from jobs.ledger.claim import Claimed


def claimed(**values: Any) -> Claimed:
    example: dict[str, Any] = {
        "id": 1,
        "public_id": "job_1",
        "type": "diag-noop",
        "queue": "scoring",
        "run": 1,
        "attempt": 1,
        "max_attempts": 3,
        "timeout_ms": 30_000,
        "data": {},
        "user_id": None,
        "tenant_id": None,
        "correlation_id": None,
        "isolated": False,
        "redrives": 0,
        "started_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Claimed(**(example | values))
