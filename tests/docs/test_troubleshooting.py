"""docs/troubleshooting.md: every command on it runs, and every symptom is there."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command

from jobs.library import enqueue
from jobs.overrides import live
from jobs.testing import run_job
from tests.jobs.conftest import diagnostic_types  # noqa: F401

from .pages import page
from .shell import Shell

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = page("docs/troubleshooting.md")


def commands(text: str) -> list[str]:
    """The lines of its shell blocks; those in lists are indented."""
    found = re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in found for line in block.splitlines()]


CHAPTERS = {
    title: commands(text) for title, text in re.findall(r"^##? (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}
HEAD, *SYMPTOMS = CHAPTERS
WORDS = ("waiting", "processed", "active", "fails again", "Many jobs", "too deep", "Rate limits", "Redis", "Memory")


@pytest.fixture
def shell(diagnostic_types: None, redis_clean: Any) -> Iterator[Shell]:  # noqa: F811
    """With an administrator's token as the page makes it, and a job that has failed for good."""
    live.forget()
    call_command("schedules", "sync", verbosity=0)
    shell = Shell(os.environ["REDIS_URL"], {"DATABASE_URL": "-", "REDIS_URL": os.environ["REDIS_URL"]})
    for line in CHAPTERS[HEAD]:
        shell.run(line)
    shell.variables["JOB"] = run_job("diag-fail", errorClass="API_ERROR", times=1).public_id
    yield shell
    # The page changes a queue's limit, which this process would go on believing.
    live.forget()


def test_every_command_of_the_page_runs(shell: Shell) -> None:
    for title in SYMPTOMS:
        if "active" in title:
            shell.variables["JOB"] = enqueue("diag-sleep", {"ms": 60_000}).id
        for line in CHAPTERS[title]:
            shell.run(line)


def test_every_symptom_has_a_chapter_with_commands() -> None:
    for words in WORDS:
        (title,) = [title for title in SYMPTOMS if words in title]
        assert len(CHAPTERS[title]) >= 2


def test_a_command_that_fails_is_noticed(shell: Shell) -> None:
    with pytest.raises(AssertionError, match="404"):
        shell.run('curl -s -H "Authorization: Bearer $TOKEN" "$QUARRY/api/jobs/job_nobody"')


def test_the_page_says_what_to_do_about_every_reason_for_which_a_job_does_not_run() -> None:
    source = page("jobs/explain.py")
    codes = set(re.findall(r'(?:code=|_until\()"(\w+)"', source)) | set(
        re.findall(r'^ +code="(\w+)"', source, re.MULTILINE)
    )

    assert len(codes) > 10
    assert codes <= set(re.findall(r"`(\w+)`", PAGE))
