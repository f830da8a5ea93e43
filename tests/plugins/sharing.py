"""Which tests stay together when several workers share them, for `--dist loadgroup`.

pytest-xdist's own groups have no effect with this pytest, which keeps a test's name elsewhere. The browser's tests
need one browser and one web server, which take long to start; every other test is shared out alone.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

BROWSER = "tests/browser/"


class _Sharing(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(BROWSER) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None
