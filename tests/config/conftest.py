"""Starts Django in a process of its own, with an environment that holds nothing but what a test gives."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from deploy.local.home import ROOT

_PROGRAM = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if name.isupper()}, default=repr))
"""
#: A production machine's least.
PRODUCTION = {"DJANGO_SECRET_KEY": "x" * 60}


@dataclass(frozen=True, kw_only=True)
class Started:
    """How a start went: all settings by name, or what it said when it refused."""

    status: int
    settings: dict[str, Any]
    said: str


Start = Callable[[Mapping[str, str]], Started]


@pytest.fixture(scope="session")
def start() -> Start:
    known: dict[frozenset[tuple[str, str]], Started] = {}

    def started(variables: Mapping[str, str]) -> Started:
        # The same environment gives the same start: many tests compare with production's least.
        key = frozenset(variables.items())
        if key not in known:
            known[key] = begun(variables)
        return known[key]

    def begun(variables: Mapping[str, str]) -> Started:
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        settings = json.loads(done.stdout) if done.returncode == 0 else {}
        return Started(status=done.returncode, settings=settings, said=done.stderr)

    return started
