"""A QUARRY_HOME of its own for the tests of the embedded servers, without the run's given URLs."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.home import Home


@pytest.fixture(scope="module")
def module_home() -> Iterator[Home]:
    """Made once per module, because making a database takes a second. Servers are not running."""
    # Not tmp_path: PostgreSQL's user could not pass pytest's private directories.
    path = Path(tempfile.mkdtemp(prefix="quarry-test-home-"))
    path.chmod(0o711)
    yield Home(path).make()
    shutil.rmtree(path)


@pytest.fixture
def home(module_home: Home, no_given_servers: None) -> Home:
    return module_home


@pytest.fixture
def no_given_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "REDIS_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def bare_env(no_given_servers: None) -> dict[str, str]:
    """The environment of a child process that must use embedded servers."""
    return dict(os.environ)
