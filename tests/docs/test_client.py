"""The examples of docs/client.md work as they are printed."""

import os
import re
import shlex
from typing import Any

import pytest

from jobs.models import Job
from prospects.companies import ensure_company
from quarry_client import QuarryClient
from quarry_client.cli import arguments
from tests.docs.pages import blocks, page
from tests.quarry_client.conftest import (
    diagnostic_types,  # noqa: F401
    new_token,  # noqa: F401
    no_stream_stays_open,  # noqa: F401
)

PAGE = page("docs/client.md")


def test_the_printed_program_enqueues_follows_and_prints_the_result(
    live_server: Any,
    new_token: Any,  # noqa: F811
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.USE_QUEUE_PROCESSING = False
    ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")
    monkeypatch.setitem(os.environ, "QUARRY_URL", live_server.url)
    monkeypatch.setitem(os.environ, "QUARRY_TOKEN", new_token())
    (source,) = blocks(PAGE, "python")

    exec(compile(source, "docs/client.md", "exec"), {"__name__": "docs.client"})  # noqa: S102  our own page

    assert capsys.readouterr().out.startswith("completed 100 ")
    assert Job.objects.get().public_id == "scoring:comp_1:today"


def test_the_printed_commands_are_understood() -> None:
    lines = re.findall(r"^python3 -m quarry_client (.*)$", PAGE, flags=re.MULTILINE)

    assert len(lines) > 5
    for line in lines:
        assert arguments.parser().parse_args(shlex.split(line)).run


def test_the_verbs_of_the_table_are_the_clients() -> None:
    table = PAGE[PAGE.index("| about | verbs |") : PAGE.index("Values are frozen")]
    verbs = {name for name in vars_of(QuarryClient) if not name.startswith("_")}
    used_by_following = {"state", "stream"}

    assert set(re.findall(r"`(\w+)`", table)) == verbs - used_by_following - {"base_url", "close"}


def vars_of(kind: type) -> set[str]:
    return {name for base in kind.__mro__ if base is not object for name in vars(base)}
