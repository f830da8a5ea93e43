"""The web server as users run it in production: gunicorn, its own configuration, collected static files."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

from django.db import connection

from deploy.local import process
from deploy.local.home import ROOT, Home
from deploy.local.programs import serving_programs
from tests.survival.processes import eventually


class Server:
    """One for all tests of the package: it keeps nothing that a test's rows decide."""

    def __init__(self, folder: Path, database: str) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "web.log"
        self._folder = folder
        self.environment = self._environment(database)
        self._run("collectstatic", "--noinput", "--verbosity=0")
        web = next(one for one in serving_programs(Home(folder), into_logs=False) if one.name == "web")
        self._child = process.start(
            web.arguments, env=self.environment, log=self._log, stdin=subprocess.DEVNULL, cwd=ROOT
        )
        self._await_answer()

    def _environment(self, database: str) -> dict[str, str]:
        url = urlsplit(os.environ["DATABASE_URL"])
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": urlunsplit(url._replace(path=f"/{database}")),
            "DJANGO_DEBUG": "false",
            "DJANGO_ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS_ONLY": "false",
            "EMAIL_DELIVERY": "console",
            "QUARRY_DIAGNOSTICS": "1",
            "QUARRY_DIAGNOSTICS_IN_PRODUCTION": "1",
            "QUARRY_HOME": str(self._folder),
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "WEB_THREADS": "8",
        }

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], env=self.environment, cwd=ROOT, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    def _await_answer(self) -> None:
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._child.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except HTTPError:
            return True
        except (URLError, OSError):
            return False

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def rest(self) -> None:
        """Hold the server still, in no transaction: emptying the tables beside a request would deadlock."""
        eventually(self._rests, what="the web server's transactions to end")

    def wake(self) -> None:
        os.killpg(self._child.pid, signal.SIGCONT)

    def _rests(self) -> bool:
        os.killpg(self._child.pid, signal.SIGSTOP)
        if not _others_in_a_transaction():
            return True
        self.wake()
        return False

    def stop(self) -> None:
        self.wake()
        process.stop(self._child, by=((signal.SIGTERM, 10.0),))


def _others_in_a_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle')"
        )
        return bool(cursor.fetchone()[0])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
