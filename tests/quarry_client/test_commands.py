"""The command line, as its users and their scripts meet it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from jobs.management.command_line import describe as described_beside_the_server
from jobs.management.command_line import failures as failures_beside_the_server
from jobs.management.command_line import table as table_beside_the_server
from jobs.states import Status
from prospects.companies import ensure_company
from quarry_client.cli import arguments, exits, show
from quarry_client.cli.main import main
from quarry_client.reading import read
from quarry_client.values import Job
from tests.docs.pages import between, page
from tests.reports.test_api import CONTENT, report

from .conftest import TOKEN, job_json, running

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., str]


@pytest.fixture
def run(
    base_url: str, new_token: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """`run("queues")` is what the command prints; its exit code must be `code`, and `err` on standard error."""
    tokens = {role: new_token(role=role) for role in ("member", "admin")}
    monkeypatch.setenv("QUARRY_URL", base_url)
    # A stream gives the connection of its thread back, which here is the test's.
    settings.STREAMS_PER_CALLER = 0

    def call(*words: str, code: int = 0, err: str = "", role: str = "member") -> str:
        monkeypatch.setenv("QUARRY_TOKEN", tokens[role])
        ended = main(words)
        said = capsys.readouterr()
        assert ended == code, said
        assert err in said.err if err else said.err == ""
        return said.out

    return call


# --- Jobs -------------------------------------------------------------------------------------------
def test_a_job_is_enqueued_once_shown_cancelled_retried_and_removed(run: Run) -> None:
    options = ["--options", '{"jobId": "one"}']

    assert run("enqueue", "diag-noop", *options) == "diag-noop job one enqueued on default\n"
    assert run("enqueue", "diag-noop", *options) == "diag-noop job one exists already on default\n"
    assert json.loads(run("enqueue", "diag-noop", *options, "--json"))["duplicate"] is True
    assert run("status", "one").startswith("→ diag-noop one waiting: ")
    assert run("cancel", "one") == "one cancelled\n"
    assert run("wait", "one", code=1) == "✗ diag-noop one cancelled\n"
    assert run("retry", "one") == "one waits to run again\n"
    assert re.match(
        r"job +type +queue +status +created +error\none +diag-noop +default +waiting", run("search", "type:diag-noop")
    )
    assert run("remove", "one") == "one removed\n"
    assert run("search", "type:diag-noop") == "no job matches\n"


def test_what_is_wrong_is_said_on_standard_error_with_an_exit_code(run: Run, tmp_path: Path) -> None:
    run("enqueue", "diag-sleep", "--data", '{"ms": -1, "colour": 1}', code=2, err="  colour ")
    run("upload", str(tmp_path / "none.csv"), "--kind", "companies", code=2, err="none.csv: No such file")
    run("--token-file", str(tmp_path / "none"), "queues", code=2, err="cannot be read")
    run("--url", "quarry.example.com", "queues", code=2, err="is no address of a server")
    run("--url", "http://127.0.0.1:9", "--retry-for", "0.01", "queues", code=3, err="Check QUARRY_URL")
    run("pause", "scoring", code=4, err="Ask an administrator")
    run("status", "none", code=5, err="no such job")
    run("enqueue", "diag-noop", "--options", '{"jobId": "one"}')
    run("retry", "one", code=6, err="only failed, dead and cancelled jobs")


def test_a_token_may_come_from_a_file(base_url: str, new_token: Any, tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "token").write_text(new_token() + "\n")
    (tmp_path / "wrong").write_text(TOKEN)

    assert main(["queues", "--url", base_url, "--token-file", str(tmp_path / "token")]) == 0
    assert main(["queues", "--url", base_url, "--token-file", str(tmp_path / "wrong")]) == 4
    said = capsys.readouterr()
    assert "QUARRY_TOKEN or --token-file" in said.err
    assert TOKEN not in said.err


@pytest.mark.parametrize("missing", ["QUARRY_URL", "QUARRY_TOKEN"])
def test_what_is_not_set_is_named(missing: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("QUARRY_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("QUARRY_TOKEN", TOKEN)
    monkeypatch.delenv(missing)

    assert main(["queues"]) == 2
    assert f"Set {missing}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["enqueue", "diag-noop", "--data", "nonsense"],
        ["enqueue", "diag-noop", "--data", "[]"],
        ["wait", "one", "--timeout", "0"],
        ["search", "--limit", "-1"],
        ["nothing"],
        [],
    ],
)
def test_words_that_mean_nothing_end_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2


# --- The rest ---------------------------------------------------------------------------------------
def test_queues_workers_health_and_schedules_are_shown_and_acted_on(run: Run) -> None:
    from jobs.schedules import registration

    registration.sync()

    assert run("pause", "scoring", "--reason", "repair", role="admin") == "scoring is paused\n"
    assert re.search(r"^scoring .*paused$", run("queues"), re.MULTILINE)
    assert run("resume", "scoring", role="admin") == "scoring runs again\n"
    assert run("clean", "--queue", "scoring", role="admin") == "scoring: removed 0 completed jobs\n"
    assert run("retry-failed", "--queue", "scoring", role="admin") == "scoring: retried 0 failed jobs\n"
    assert re.search(r"^scoring .*no worker$", run("workers"), re.MULTILINE)
    assert run("workers", "--detail", role="admin").endswith("\n")
    assert run("health", code=1).startswith("Overall:   unhealthy\n")
    assert "ucc-daily" in run("schedules", role="admin")
    assert run("schedules", "pause", "ucc-daily", role="admin") == "ucc-daily is paused\n"
    assert run("schedules", "resume", "ucc-daily", role="admin") == "ucc-daily fires again\n"
    assert run("schedules", "run", "ucc-daily", role="admin").startswith("ucc-daily fired: ")


def test_research_lists_and_reports(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ensure_company(tenant_id="acme", key="comp_1", name="Beta Mills LLC")
    Path("list.csv").write_text("name,domain\nBeta Mills,beta.example\n,nobody.example\n")
    stored = report(kind="research", title="About Beta")

    assert re.match(r"research job research:comp_1:\d+ enqueued on research; \d+ left", run("research", "comp_1"))
    run("research", "comp_1", "--show", code=5, err="no such research")
    assert "2 rows checked, 1 wrong; draft" in run("upload", "list.csv", "--kind", "companies", "--dry-run")
    assert "2 companies in import" in run("upload", "list.csv", "--kind", "companies")
    assert re.search(rf"^{stored.public_id}  research  pdf, .*About Beta$", run("reports"), re.MULTILINE)
    assert run("reports", "download", stored.public_id) == f"{stored.public_id}.pdf  {len(CONTENT)} bytes\n"
    assert Path(f"{stored.public_id}.pdf").read_bytes() == CONTENT


# --- Processes --------------------------------------------------------------------------------------
def started(url: str, token: str, *words: str, **more: Any) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "QUARRY_URL": url, "QUARRY_TOKEN": token, "PYTHONIOENCODING": "utf-8"}
    return subprocess.Popen([sys.executable, "-m", "quarry_client", *words], cwd=ROOT, env=environment, **more)


def test_a_watched_job_is_told_line_by_line_in_a_pipe(live_quarry: Any, new_token: Any) -> None:
    job = live_quarry.enqueue("diag-progress", {"steps": 2, "ms": 30})
    child = started(live_quarry.base_url, new_token(role="admin"), "wait", job.id, stdout=subprocess.PIPE)
    assert child.stdout is not None
    first = child.stdout.readline()

    with running(job.id):
        rest = child.communicate(timeout=60)[0].decode().splitlines()

    assert first.decode().startswith(f"→ diag-progress {job.id} waiting")
    assert rest[-2].startswith(f"✓ diag-progress {job.id} completed in ")
    assert (rest[-1], child.returncode) == ('result: {"steps": 2}', 0)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Children get Ctrl-C, also where the tests run in a shell's background, which ignores it and hands that down."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_leaves_the_job_and_says_how_to_go_on(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/jobs/job_1/events").respond_with_data("", 404)
    httpserver.expect_request("/api/jobs/job_1").respond_with_json(job_json(pollIntervalMs=60_000), 202)
    child = started(httpserver.url_for(""), TOKEN, "wait", "job_1", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()

    child.send_signal(signal.SIGINT)
    err = child.communicate(timeout=60)[1].decode()

    assert (child.returncode, err) == (130, "The job goes on; `wait job_1` follows it again.\n")


def test_a_reader_that_has_enough_is_no_error(httpserver: HTTPServer) -> None:
    closed = threading.Event()

    def answer(request: Request) -> Response:
        closed.wait(60)
        return Response(json.dumps({"jobs": [job_json()], "count": 1, "hasMore": False}), mimetype="application/json")

    httpserver.expect_request("/api/jobs/search").respond_with_handler(answer)
    child = started(httpserver.url_for(""), TOKEN, "search", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stderr is not None

    child.stdout.close()
    closed.set()
    err = child.stderr.read()
    child.stderr.close()

    assert (child.wait(60), err) == (141, b"")


# --- The same words as beside the server --------------------------------------------------------------
@pytest.mark.parametrize("status", [*Status, "simmering"])
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"durationMs": 1250, "progress": 40, "stage": "half way", "error": {"message": "it broke"}},
        {"explanation": {"code": "due_later", "message": "It is due later."}},
    ],
)
def test_a_job_is_described_as_the_management_commands_describe_it(status: str, more: dict[str, Any]) -> None:
    resource = {"durationMs": None, "error": None, "stage": None, "explanation": None, **job_json(status=str(status))}
    resource |= more
    if status == "simmering":
        assert show.describe(read(Job, resource)).startswith("→ diag-noop job_1 simmering")
        return

    assert show.describe(read(Job, resource)) == described_beside_the_server(resource)


def test_tables_are_set_as_the_management_commands_set_them() -> None:
    head, rows = ("Queue", "Failed", ""), [("scoring", "1,000", "paused"), ("x", "2", "")]

    assert show.table(head, rows) == table_beside_the_server(head, rows)
    assert [show.failures(*pair) for pair in ((0, 0), (99, 1))] == [
        failures_beside_the_server(*pair) for pair in ((0, 0), (99, 1))
    ]


def test_the_exit_codes_are_those_of_the_page_and_of_the_help() -> None:
    documented = re.findall(r"^\| (\d+) \| (.*) \|$", between(page("docs/client.md"), "exits"), re.MULTILINE)
    helped = re.findall(r"^  (\d)  (.*)$", arguments.parser().format_help(), re.MULTILINE)
    codes = {value for name, value in vars(exits).items() if name.isupper() and isinstance(value, int)}

    assert [(code, text.replace("`", "")) for code, text in documented] == helped
    assert {int(code) for code, _ in documented} == codes - {exits.INTERRUPTED, exits.BROKEN_PIPE}
