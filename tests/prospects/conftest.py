"""Fixtures of the tests of prospects."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prospects.filings.job_type import UccIngestion
from tests.prospects.fake_job import FakeJob, handle
from tests.providers.ucc.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Inbox:
    """The inbox that jobs of this test read."""
    settings.UCC_SOURCE = "files"
    settings.UCC_INBOX = tmp_path / "inbox"
    return Inbox(settings.UCC_INBOX)


@pytest.fixture
def sample_source(settings: Any) -> None:
    settings.UCC_SOURCE = "sample"


@pytest.fixture
def ingest() -> Callable[..., dict[str, Any]]:
    """Run the handler; keyword arguments are the payload's, `job` and `tenant_id` the job's."""

    def run(job: FakeJob | None = None, *, tenant_id: str | None = None, **data: Any) -> dict[str, Any]:
        payload = UccIngestion(**{"state": "NY", **data})
        return handle(payload, job or FakeJob(tenant_id=tenant_id))

    return run
