"""run.py: which environment is complete, and where packages come from."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from deploy.local.home import ROOT


@pytest.fixture
def run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stamp(run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "STAMP", tmp_path / "stamp.json")
    return tmp_path / "stamp.json"


def wanted(run: ModuleType) -> dict[str, str]:
    return {name: run.digest(files) for name, files in run.LOCKS.items()}


def test_an_environment_without_a_stamp_is_incomplete(run: ModuleType, stamp: Path) -> None:
    assert not run.is_installed("demo", wanted(run))


def test_a_changed_lock_makes_the_environment_incomplete(run: ModuleType, stamp: Path) -> None:
    stamp.write_text(json.dumps({"demo": "the digest of an earlier lock"}))

    assert not run.is_installed("demo", wanted(run))


def test_the_development_environment_serves_the_demo_too(run: ModuleType, stamp: Path) -> None:
    stamp.write_text(json.dumps(wanted(run)))

    assert run.is_installed("demo", wanted(run))
    assert run.is_installed("test", wanted(run))


def test_the_development_lock_contains_the_other_locks() -> None:
    def pins(name: str) -> set[str]:
        lines = (ROOT / "requirements" / name).read_text().splitlines()
        return {line.split()[0] for line in lines if "==" in line and not line.startswith(" ")}

    missing = (pins("base.txt") | pins("embedded.txt")) - pins("dev.txt")

    assert not missing, "run.py installs dev.txt alone for the tests; compile it from all three"


def test_the_pip_that_python_carries_is_found_where_it_is(run: ModuleType) -> None:
    wheel = run.bundled_pip()

    assert wheel is None or Path(wheel).is_file()


@pytest.fixture
def pip(tmp_path: Path) -> Path:
    """A stand-in for the user's pip: it knows two indexes, and writes down what it is asked to do."""
    script = tmp_path / "pip.py"
    script.write_text(
        f"""
import os, sys
with open({str(tmp_path / "asked")!r}, "a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
if "config" in sys.argv:
    print(":env:.cert='/certificates.crt'")
    print("global.extra-index-url='file:///a/simple\\\\nfile:///b/simple'")
    print("global.find-links='/wheels'")
    print("install.trusted-host='mirror.example'")
    print("global.timeout='60'")
sys.exit("installer.txt" in sys.argv[-1] and os.path.exists({str(tmp_path / "no-uv")!r}))
"""
    )
    return script


def names_of_installers(run: ModuleType, pip: Path, monkeypatch: pytest.MonkeyPatch, *, uv: str | None) -> list[str]:
    monkeypatch.setattr(run.shutil, "which", lambda name: uv)
    monkeypatch.setattr(run, "pips", lambda: [("pip", ([sys.executable, str(pip)], {}))])
    return [name for name, _, _ in run.installers()]


def test_uv_looks_where_the_users_pip_looks(run: ModuleType, pip: Path) -> None:
    options, environment = run.sources_of(([sys.executable, str(pip)], {}))

    assert " ".join(options) == (
        "--index-strategy unsafe-best-match --index file:///a/simple --index file:///b/simple"
        " --find-links /wheels --allow-insecure-host mirror.example"
    )
    assert environment == {"SSL_CERT_FILE": "/certificates.crt"}


def test_pip_brings_the_locked_uv_as_a_wheel_and_stands_by(
    run: ModuleType, pip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert names_of_installers(run, pip, monkeypatch, uv=None) == ["uv by pip", "pip"]
    assert "--only-binary :all: --require-hashes" in (pip.parent / "asked").read_text()


def test_where_uv_cannot_be_had_pip_installs(run: ModuleType, pip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (pip.parent / "no-uv").touch()

    assert names_of_installers(run, pip, monkeypatch, uv=None) == ["pip"]


def test_the_uv_of_the_machine_needs_none_from_pip(run: ModuleType, pip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert names_of_installers(run, pip, monkeypatch, uv="/usr/bin/uv") == ["uv", "pip"]
    assert not (pip.parent / "asked").exists()


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    answer = subprocess.run([sys.executable, str(ROOT / "run.py"), "dmeo"], capture_output=True, text=True, check=False)

    assert answer.returncode == 1
    assert "'dmeo' is none of demo, up, manage, test, chaos, benchmark, env, docs" in answer.stderr


def test_the_entry_needs_the_standard_library_only() -> None:
    imported = [
        line.split()[1].split(".")[0]
        for line in (ROOT / "run.py").read_text().splitlines()
        if line.startswith(("import ", "from "))
    ]

    assert set(imported) <= sys.stdlib_module_names
