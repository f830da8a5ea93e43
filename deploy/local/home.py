"""What QUARRY_HOME contains, and files that only their owner may read."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: A log longer than this many bytes is set aside at the next start; one older copy is kept.
LOG_LIMIT_BYTES = 10_000_000


@dataclass(frozen=True)
class Home:
    """The directory of everything that this installation stores on the machine."""

    path: Path

    @classmethod
    def from_environment(cls) -> "Home":
        return cls(Path(os.environ.get("QUARRY_HOME") or ROOT / "var").expanduser().resolve())

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def state_file(self) -> Path:
        return self.run / "servers.json"

    def make(self) -> "Home":
        """Make the directories. The top one may be passed through: PostgreSQL's user must."""
        if not self.path.exists():
            self.path.mkdir(parents=True)
            self.path.chmod(0o755)
        for name in ("run", "redis", "logs"):
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
        # STATIC_ROOT: the web's file server warns of a missing one, an empty one is fine.
        (self.path / "static").mkdir(exist_ok=True)
        return self

    def log(self, name: str) -> Path:
        """Where the program `name` writes; an overlong earlier log is set aside first."""
        path = self.path / "logs" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            shutil.move(path, path.with_suffix(".log.1"))
        return path

    def secret(self, name: str) -> str:
        """A random text, made at the first use and the same ever after."""
        path = self.path / f"{name}.secret"
        try:
            return path.read_text().strip()
        except FileNotFoundError:
            pass
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        write_private(fresh, secrets.token_urlsafe(48))
        # link() fails where rename() would overwrite what another first run has just made.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        return path.read_text().strip()

    @contextmanager
    def lock(self, name: str) -> Iterator[None]:
        """Hold the named lock alone; waits for whoever has it."""
        descriptor = self.open_lock(name)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def open_lock(self, name: str) -> int:
        """A descriptor for flock: closing it, or dying, gives the lock back."""
        return os.open(self.run / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def write_private(path: Path, content: str) -> None:
    """Replace a file at once; it is never readable by others and never half written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    temporary.replace(path)
