"""Fixtures of the tests of sources."""

from pathlib import Path

import pytest

from tests.providers.ucc.inbox import Inbox


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")
