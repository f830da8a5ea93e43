"""Finds the machine's own Chromium."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Set where a missing browser is a failure, such as in .ci/run.
REQUIRED = "QUARRY_BROWSER_REQUIRED"

ARGUMENTS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    # Nothing outside this machine is looked up, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def path() -> str:
    """The browser's program. Skips the test where there is none, or fails it where one is required."""
    given = os.environ.get("BROWSER_BIN")
    found = given or next((found for name in NAMES if (found := shutil.which(name))), None)
    if found is None:
        missing("no browser: install chromium, or name a Chromium or Chrome in BROWSER_BIN")
    return str(found)


def missing(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason} ({REQUIRED} is set)")
    pytest.skip(reason)


def arguments() -> list[str]:
    # Chromium's sandbox refuses root, as in a container.
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
