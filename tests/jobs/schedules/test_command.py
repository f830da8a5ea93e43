"""Schedules on the command line."""

import io
import json
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command

from accounts.models import AuditEntry
from jobs.schedules import registration

from .conftest import NewSchedule, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


@pytest.fixture
def manage() -> Callable[..., str]:
    def run(*words: str) -> str:
        out = io.StringIO()
        call_command("schedules", *words, stdout=out)
        return out.getvalue()

    return run


def test_the_command_lists_edits_pauses_and_runs(declare: NewSchedule, manage: Callable[..., str]) -> None:
    declare("nightly")

    assert "nightly" in manage()
    assert "retention-sweep" in manage("list")
    assert manage("edit", "nightly", "--cron", "15 3 * * *", "--time-zone", "Europe/Berlin").count("03:15 CE") == 5
    assert manage("edit", "nightly", "--cron", "15 9 * * *", "--dry-run").count("09:15 CE") == 5
    assert row().cron == "15 3 * * *"
    assert "15 3 * * * *" in manage("list")
    assert "is paused" in manage("pause", "nightly")
    assert "never: it is paused" in manage("pause", "nightly")
    assert "2 jobs" in manage("run", "nightly")
    assert "fires again" in manage("resume", "nightly")
    assert json.loads(manage("reset", "nightly", "--json"))["cron"] == "0 2 * * *"
    assert [fire["trigger"] for fire in json.loads(manage("history", "nightly", "--json"))] == ["manual"]
    assert "manual" in manage("history", "nightly")
    assert manage("sync").strip() == "the list is what the apps declare"
    assert {one["name"] for one in json.loads(manage("--json"))["schedules"]} >= {"nightly", "ucc-daily"}
    assert AuditEntry.objects.filter(actor_name__endswith="at the command line").count() == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nobody"), "the schedules are .*ucc-daily"),
        (("edit", "ucc-daily"), "at least one of"),
        (("edit", "ucc-daily", "--cron", "nonsense"), "five fields"),
        (("history", "nobody"), "There is no schedule"),
    ],
)
def test_the_command_says_what_is_wrong(manage: Callable[..., str], words: tuple[str, ...], said: str) -> None:
    registration.sync()

    with pytest.raises(CommandError, match=said):
        manage(*words)
