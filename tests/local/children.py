"""Child processes that end with the test, however that ends."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def child(arguments: list[str], **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """It is killed at the end, also of a test that fails: Popen's own end would wait for it, for ever if need be."""
    with subprocess.Popen(arguments, text=True, stdout=subprocess.PIPE, **options) as started:
        try:
            yield started
        finally:
            started.kill()
