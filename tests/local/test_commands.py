"""`run.py` as its user meets it: exit status, signals, the first job, and nothing left behind."""

import json
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from deploy.local.home import ROOT, Home
from deploy.local.leftovers import servers_in
from deploy.local.ports import answers, free_port
from deploy.local.process import command_line
from tests.local.children import child
from tests.local.waiting import eventually

#: The demo's first job takes seconds; a machine that others load may need minutes. What hangs takes for ever.
PATIENCE_SECONDS = 300.0


@pytest.fixture
def env(home: Home, bare_env: dict[str, str]) -> dict[str, str]:
    # The jobs that the first one leads to are put back at the end; to wait for them first is another test's.
    ending = {"WORKER_SHUTDOWN_TIMEOUT": "1", "WEB_CONCURRENCY": "1"}
    return {**bare_env, **ending, "QUARRY_HOME": str(home.path), "PORT": str(free_port())}


def run(env: dict[str, str], *arguments: str) -> AbstractContextManager["subprocess.Popen[str]"]:
    return child(
        [sys.executable, "-m", "deploy.local", *arguments],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )


def leftovers(home: Home) -> list[str]:
    """Command lines of living processes whose environment names this home."""
    mark = f"QUARRY_HOME={home.path}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(command_line(int(entry.name)))
        except OSError:  # gone meanwhile, or another user's
            continue
    servers = servers_in(home.path / "postgres" / "data", names=("postgres",))
    return [line for line in found if line] + [f"postgres {pid}" for pid in servers]


def test_a_management_command_gets_its_arguments_and_gives_its_status(home: Home, env: dict[str, str]) -> None:
    with run(env, "manage", "shell", "--no-imports", "-c", "raise SystemExit(7)") as command:
        assert command.wait(PATIENCE_SECONDS) == 7

    assert leftovers(home) == []


def test_a_signal_reaches_the_management_command(home: Home, env: dict[str, str]) -> None:
    program = "import signal; print('here', flush=True); signal.pause()"
    with run(env, "manage", "shell", "--no-imports", "-c", program) as command:
        assert command.stdout
        assert command.stdout.readline() == "here\n"

        command.send_signal(signal.SIGTERM)

        assert command.wait(PATIENCE_SECONDS) == 128 + signal.SIGTERM
    assert leftovers(home) == []


def test_the_demo_finishes_its_first_job_and_leaves_nothing_running(home: Home, env: dict[str, str]) -> None:
    with run(env, "demo", "--once") as demo:
        output, _ = demo.communicate(timeout=PATIENCE_SECONDS)

    assert demo.returncode == 0, output
    assert "the first job completed" in output
    eventually(lambda: leftovers(home) == [])


def test_the_password_of_the_administrator_is_shown_once(home: Home, env: dict[str, str]) -> None:
    with run(env, "demo", "--once") as demo:
        output, _ = demo.communicate(timeout=PATIENCE_SECONDS)

    assert demo.returncode == 0, output
    assert "password: " not in output.lower(), "the demo before this one has shown it"
    assert "the password is unchanged" in output


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_up_is_the_end_of_everything(home: Home, env: dict[str, str], by: signal.Signals) -> None:
    with run(env, "up") as up:
        eventually(lambda: answers(int(env["PORT"])) or up.poll() is not None, seconds=PATIENCE_SECONDS)
        assert up.poll() is None, up.communicate()[0]
        state = json.loads(home.state_file.read_text())

        up.send_signal(by)
        up.wait(PATIENCE_SECONDS)

        eventually(lambda: leftovers(home) == [])
        assert not Path(f"/proc/{state['keeper']}").exists() or by == signal.SIGKILL


def test_a_port_in_use_is_named_before_anything_starts(home: Home, env: dict[str, str]) -> None:
    with run(env, "up"):
        eventually(lambda: answers(int(env["PORT"])), seconds=PATIENCE_SECONDS)
        with run(env, "up") as second:
            output, _ = second.communicate(timeout=PATIENCE_SECONDS)

    assert second.returncode == 1
    assert f"port {env['PORT']} is in use" in output
    eventually(lambda: leftovers(home) == [])
