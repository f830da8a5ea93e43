"""What `run.py demo`, `up`, `manage` and `test` do once the environment exists."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from deploy.local import process
from deploy.local.cores import usable_cores
from deploy.local.failure import tail
from deploy.local.home import ROOT, Home
from deploy.local.ports import answers, is_taken
from deploy.local.programs import environment, manage, serving_programs
from deploy.local.servers import attach, given
from deploy.local.signals import Signals
from deploy.local.supervisor import GaveUp, Interrupted, Supervisor

#: With sample data it is the sample organisation's, whose users see what comes of it.
FIRST_JOB = {False: '{"state":"NY"}', True: '{"state":"NY","tenantId":"demo"}'}


def say(message: str) -> None:
    print(f"quarry: {message}", flush=True)


def elapsed() -> str:
    """Seconds since run.py began, making the environment included."""
    started_at = float(os.environ.get("QUARRY_STARTED_AT") or time.time())
    return f"{time.time() - started_at:.1f} s"


#: A file stays whole, for its tests share what they start; files run by their names, because those with the fewest
#: tests take longest, and would come last.
SHARED = ("-m", "not survival and not browser", "--dist", "loadfile", "--no-loadscope-reorder")
#: Tests that kill, wait and assert how long something takes: each with servers of its own, and the browser's all beside
#: one browser.
ALONE = ("-m", "survival or browser", "--dist", "loadgroup")
#: One process for each core and half as many more, for some always wait; but each takes up to 0.7 GB.
MOST_AT_A_TIME = 9
#: A worker that is ended because its test hangs is not replaced: xdist would give that test to the next one.
ONE_HANGS_ONCE = "--max-worker-restart=0"


def test(arguments: list[str]) -> int:
    """The tests that `arguments` choose for pytest; without any all of them, in two runs."""
    cores = usable_cores()
    at_a_time = ("-n", str(min(cores + max(1, cores // 2), MOST_AT_A_TIME)), ONE_HANGS_ONCE)
    whole = [(*SHARED, *at_a_time), (*ALONE, *at_a_time, *_files_with_marks())]
    *before, last = [tuple(arguments)] if arguments else whole
    for run in before:
        if status := subprocess.call([sys.executable, "-m", "pytest", *run]):
            sys.exit(status)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *last])


def _files_with_marks() -> list[str]:
    """The files and folders with tests of the second run: each process would take seconds to load all others."""
    marks = ("mark.survival", "mark.browser")
    files = [path for path in sorted(ROOT.glob("tests/**/*.py")) if any(mark in path.read_text() for mark in marks)]
    return [str((path.parent if path.name == "conftest.py" else path).relative_to(ROOT)) for path in files]


def run_manage(arguments: list[str]) -> int:
    """Run one management command; servers that it had to start live no longer than needed."""
    home = Home.from_environment()
    with Signals() as signals:
        servers = attach(home, linger=True)
        env = environment(home, servers)
        if servers.keeper is not None:
            status = _run_in_front(manage(*arguments), env, signals)
            servers.release()
            return status
        servers.keep_across_exec()
    return _become(manage(*arguments), env)


def _become(arguments: list[str], env: dict[str, str]) -> NoReturn:
    os.execve(arguments[0], arguments, env)


def _run_in_front(arguments: list[str], env: dict[str, str], signals: Signals) -> int:
    """Run a program as if it were this one: its terminal, its signals, its exit status."""
    # At a terminal, Ctrl-C reaches the whole foreground group, the child included, by itself.
    at_terminal = os.isatty(0)
    child = process.start(arguments, env=env, own_session=not at_terminal)
    passed_on = 0
    while child.poll() is None:
        signals.wait(None)
        for received in signals.received[passed_on:]:
            if not (at_terminal and received == signal.SIGINT):
                child.send_signal(received)
            passed_on += 1
    return 128 - child.returncode if child.returncode < 0 else child.returncode


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a serving command does beside serving."""

    sample_data: bool
    first_job: bool
    stay: bool
    into_logs: bool


def up() -> int:
    return _serve(Plan(sample_data=False, first_job=False, stay=True, into_logs=False))


def demo(*, once: bool, with_sample_data: bool) -> int:
    # A database that the user brings gets no administrator and no samples unless asked for.
    sample_data = with_sample_data or "DATABASE_URL" not in given()
    if sample_data:
        os.environ.setdefault("QUARRY_UCC_SOURCE", "sample")
        os.environ.setdefault("QUARRY_SAMPLE_SOURCES", "true")
    return _serve(Plan(sample_data=sample_data, first_job=True, stay=not once, into_logs=True))


def _serve(plan: Plan) -> int:
    home = Home.from_environment().make()
    port = int(os.environ.get("PORT") or "3000")
    if is_taken(port):
        say(f"port {port} is in use by another program; choose one with PORT=3001 run.py ...")
        return 1
    with Signals() as signals:
        say("starting PostgreSQL and Redis")
        servers = attach(home, linger=False)
        env = environment(home, servers)
        supervisor = Supervisor(signals, env=env, say=say, vital=servers.keeper_output())
        try:
            return _serve_on(plan, home, port, supervisor, env)
        except Interrupted:
            return 0 if plan.stay else 130
        except GaveUp as error:
            say(str(error))
            return 1
        finally:
            say("stopping")
            supervisor.stop()
            servers.release()


def _serve_on(plan: Plan, home: Home, port: int, supervisor: Supervisor, env: dict[str, str]) -> int:
    ready = home.run / "database-ready"
    ready.unlink(missing_ok=True)
    status = _prepare(plan, home, ready, supervisor, env)
    if not ready.exists():
        say(f"preparing the database failed with status {status}")
        return 1
    if plan.first_job:
        outcome = "completed" if status == 0 else f"did not complete (status {status})"
        say(f"the first job {outcome}, {elapsed()} after the start")
        if status != 0:
            _show_log(home, "workers")
        if not plan.stay:
            return 0 if status == 0 else 1
    supervisor.run_until(lambda: answers(port), poll_seconds=0.1)
    _print_addresses(port, home)
    supervisor.run_until(lambda: False)
    return 0


def _prepare(plan: Plan, home: Home, ready: Path, supervisor: Supervisor, env: dict[str, str]) -> int:
    """Run deploy.local.prepare to its end, and start the programs beside it when the database is `ready`.

    Loading samples and starting the programs take as long as each other, and neither waits for the other.
    Returns its exit status.
    """
    options = ["--sample-data"] if plan.sample_data else []
    first_job = ["--first-job", FIRST_JOB[plan.sample_data]] if plan.first_job else []
    program = [sys.executable, "-m", "deploy.local.prepare", "--ready", str(ready), *options, *first_job]
    child = process.start(program, env=env, stdin=subprocess.DEVNULL)
    try:
        supervisor.run_until(lambda: ready.exists() or child.poll() is not None, poll_seconds=0.1)
        if ready.exists():
            supervisor.start(serving_programs(home, into_logs=plan.into_logs))
        supervisor.run_until(lambda: child.poll() is not None)
    finally:
        process.stop(child, by=((signal.SIGTERM, 5.0),))
    return child.returncode


def _show_log(home: Home, name: str) -> None:
    log = home.path / "logs" / f"{name}.log"
    if last_lines := tail(log):
        say(f"the end of {log}:\n{last_lines}")


def _print_addresses(port: int, home: Home) -> None:
    base = f"http://localhost:{port}"
    say(f"serving after {elapsed()}; Ctrl-C stops everything")
    for title, path in {
        "sign in": "/",
        "console": "/api/admin/bull-board/",
        "Django admin": "/admin/",
        "RQ dashboard": "/django-rq/",
        "API": "/api/jobs",
        "health": "/readyz",
    }.items():
        print(f"  {title:14}{base}{path}", flush=True)
    print(f"  {'logs':14}{home.path / 'logs'}", flush=True)
