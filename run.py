#!/usr/bin/env python3
"""The one entry to Quarry on a machine that has Python 3.11 or newer and nothing else.

    python3 run.py demo [--once] [--with-sample-data]   everything, sample data, a first job
    python3 run.py up                                   web, workers and scheduler
    python3 run.py test [pytest arguments]              the tests, on throw-away servers
    python3 run.py manage <command> ...                 any manage.py command
    python3 run.py chaos [--seed N] [--minutes M]       a mixed load under faults, and the verdict
    python3 run.py benchmark [NAME ...]                 a measurement; without a name, which there are
    python3 run.py docs                                 the documentation, as pages in site/
    python3 run.py env                                  only make the development environment

It makes `.venv` from the hash-locked requirement files and then becomes the real program, so that
signals and the exit status are the program's own. Standard library only, in the syntax of Python
3.6, so that old Pythons reach the version check and answer with a sentence.
"""

import sys

# For the user whose Python is too old, which the linter's minimum version rules out.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Quarry needs Python 3.11 or newer. Try: python3.12 run.py ...")

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / "quarry-installed.json"

#: The development lock contains the first two, so installing it satisfies both environments. That of the
#: documentation is constrained by it: all of them fit into one `.venv`.
LOCKS = {"demo": ("base.txt", "embedded.txt"), "test": ("dev.txt",), "docs": ("docs.txt",)}
ENVIRONMENT_OF = {
    **dict.fromkeys(("demo", "up", "manage"), "demo"),
    **dict.fromkeys(("test", "chaos", "benchmark", "env"), "test"),
    "docs": "docs",
}

#: Links that lead nowhere and pages that nobody can find are errors.
BUILD_DOCS = ("sphinx", "--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto", "docs", "site")

#: Settings of the user's own pip that would send the packages somewhere else than into `.venv`.
MISLEADING = (
    *("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_REQUIRE_VIRTUALENV"),
    *("PYTHONHOME", "UV_TARGET", "UV_PREFIX"),
)

#: uv's names for the settings that say where pip looks for packages.
UV_NAMES = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command in ("-h", "--help", "help"):
        sys.exit(print(__doc__))
    if command not in ENVIRONMENT_OF:
        sys.exit(f"{__doc__}\nrun.py: {command!r} is none of {', '.join(ENVIRONMENT_OF)}.")
    started_at = time.time()
    ensure_environment(ENVIRONMENT_OF[command])
    if command == "env":
        return
    if command not in ("test", "chaos", "benchmark", "docs"):  # a user's own settings decide nothing about the tests
        read_settings_file(ROOT / ".env")
    home = os.environ.get("QUARRY_HOME")
    if home:  # relative to where the user is, also after chdir
        os.environ["QUARRY_HOME"] = os.path.abspath(os.path.expanduser(home))
    if command != "manage":  # a management command may name files relative to where the user is
        os.chdir(ROOT)
    search_path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    # Every program of ours is a new Python: without kept bytecode each would compile the project anew, for a second.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(search_path),
        "QUARRY_STARTED_AT": str(started_at),
    }
    os.execve(VENV_PYTHON, [str(VENV_PYTHON), "-m", *program_of(command)], environment)


def program_of(command: str) -> list[str]:
    """The module that does it, and its arguments."""
    if command == "chaos":
        return ["tests.chaos", *sys.argv[2:]]
    if command == "benchmark":
        return ["benchmarks", *sys.argv[2:]]
    if command == "docs":
        say(f"writing the pages; begin with {ROOT / 'site' / 'index.html'}")
        return [*BUILD_DOCS, *sys.argv[2:]]
    return ["deploy.local", *sys.argv[1:]]


def read_settings_file(path: Path) -> None:
    """Put the file's NAME=value lines into the environment, where that does not have the name already."""
    lines = path.read_text().splitlines() if path.exists() else []
    for line in lines:
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            os.environ.setdefault(name.strip(), value.strip().strip("'\""))


def ensure_environment(kind: str) -> None:
    """Make `.venv` and install the lock of `kind` into it, unless its stamp says it is there."""
    wanted = {name: digest(files) for name, files in LOCKS.items()}
    if is_installed(kind, wanted):
        return
    VENV.mkdir(exist_ok=True)
    with (VENV / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed(kind, wanted):  # another run.py did it while this one waited
            return
        make_venv()
        install(LOCKS[kind])
        satisfied = {"demo", "test"} if kind == "test" else {kind}
        kept = {name for name in wanted if is_installed(name, wanted)}
        STAMP.write_text(json.dumps({name: wanted[name] for name in sorted(satisfied | kept)}))


def digest(files: tuple[str, ...]) -> str:
    content = b"".join((ROOT / "requirements" / name).read_bytes() for name in files)
    return hashlib.sha256(content).hexdigest()


def is_installed(kind: str, wanted: dict[str, str]) -> bool:
    try:
        return VENV_PYTHON.exists() and json.loads(STAMP.read_text()).get(kind) == wanted[kind]
    except (OSError, ValueError):
        return False


def make_venv() -> None:
    if VENV_PYTHON.exists():
        return
    try:
        from venv import EnvBuilder
    except ImportError:
        sys.exit("This Python lacks its venv module. Install it, as with: apt install python3-venv")
    say("making .venv")
    # Without pip, because Debian ships ensurepip separately; the host's pip installs into it.
    EnvBuilder(with_pip=False, symlinks=True).create(VENV)


def install(files: tuple[str, ...]) -> None:
    """Install with the first installer that works; raises SystemExit naming the remedy."""
    say("installing the locked packages (once; seconds with uv, a minute with pip)")
    failures: list[str] = []
    for name, command, extra in installers():
        problem = attempt([*command, *locked(files)], extra)
        if problem is None:
            return
        failures.append(f"{name} failed {problem}")
    remedy = "No pip was found. Install it, for example: apt install python3-pip (or uv)."
    sys.exit("\n\n".join(failures) or remedy)


def locked(files: tuple[str, ...]) -> list[str]:
    return ["--require-hashes", *(part for name in files for part in ("-r", str(ROOT / "requirements" / name)))]


def attempt(command: list[str], extra: dict[str, str]) -> str | None:
    """What went wrong, or None."""
    clean = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    result = subprocess.run(
        command,
        env={**clean, **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return None if result.returncode == 0 else f"with status {result.returncode}:\n{result.stdout.strip()}"


#: A command, and what to add to its environment.
Program = tuple[list[str], dict[str, str]]


def installers() -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """Ways to install into `.venv`, best first: name, command, additional environment.

    uv takes seconds where pip takes a minute. Where the machine has none, pip brings the locked one; where that
    cannot be had, or does not reach what pip reaches, pip does it all.
    """
    # To compile all packages takes pip a third of its time. The first program compiles what it loads, a small part of
    # them, and keeps it for all others.
    options = ["install", "--quiet", "--no-input", "--disable-pip-version-check", "--prefer-binary", "--no-compile"]
    target = ["--python", str(VENV_PYTHON)]
    uv = shutil.which("uv")
    if uv:
        yield "uv", [uv, "pip", "install", "--quiet", *target], {}
    for name, (pip, extra) in pips():
        brought = VENV / "bin" / "uv"
        # Its source would be compiled for minutes.
        only_this = ["--only-binary", ":all:", *locked(("installer.txt",))]
        if not uv and attempt([*pip, *options, *only_this], extra) is None:
            sources, trust = sources_of((pip, extra))
            yield f"uv by {name}", [str(brought), "pip", "install", "--quiet", *target, *sources], trust
        yield name, [*pip, *options], extra


def pips() -> Iterator[tuple[str, Program]]:
    """The pips of this machine, each of which works on `.venv`, best first."""
    target, pip, wheel = str(VENV_PYTHON), shutil.which("pip3"), bundled_pip()
    if importlib.util.find_spec("pip"):
        yield "pip", ([sys.executable, "-m", "pip", "--python", target], {})
    elif pip:
        yield "pip3", ([pip, "--python", target], {})
    if wheel:
        # pip runs from its wheel, inside the new environment, and is not installed anywhere.
        yield "bundled pip", ([target, "-m", "pip"], {"PYTHONPATH": wheel})


def sources_of(pip: Program) -> Program:
    """Where the user's pip looks for packages and what it trusts, as uv's options and environment."""
    command, extra = pip
    result = subprocess.run(
        [*command, "config", "list"],
        env={**os.environ, **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    options, environment = ["--index-strategy", "unsafe-best-match"], {}  # as pip does; the hashes decide
    for line in result.stdout.splitlines():
        name, _, quoted = line.partition("=")
        setting, value = name.rpartition(".")[2], quoted.strip("'\"").replace("\\n", " ")
        if setting in UV_NAMES:
            options += [part for one in value.split() for part in (UV_NAMES[setting], one)]
        elif setting == "no-index":
            options.append("--no-index")
        elif setting == "cert":
            environment["SSL_CERT_FILE"] = value
    return options, environment


def bundled_pip() -> str | None:
    """The pip wheel that Python carries for ensurepip, or Debian's copy of it."""
    folders = [Path(sysconfig.get_paths()["stdlib"]) / "ensurepip" / "_bundled"]
    packaged = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if packaged:
        folders.append(Path(packaged))
    folders.append(Path("/usr/share/python-wheels"))
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return str(wheels[0]) if wheels else None


def say(message: str) -> None:
    print(f"quarry: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
