"""Everything that serves, watched over as an init system would: what has ended is started again."""

import http.client
import time
from collections.abc import Callable

from deploy.local.ports import free_port
from jobs.models import Worker
from tests.survival.processes import Process, eventually
from tests.survival.world import World

#: Seconds after which a process that ended is started again, as systemd's RestartSec.
RESTART_SECONDS = 1.0
QUEUES = ("scoring", "signals", "calculation")
LEASE_SECONDS = 8
#: A short lease makes rescues quick to see. No start limits: they are not what is tried here.
ENVIRONMENT = {
    "LEASE_SECONDS": str(LEASE_SECONDS),
    "WORKER_SHUTDOWN_TIMEOUT": "5",
    "SUBMISSION_RATE_LIMIT": "none",
    "CALCULATION_RATE_LIMIT": "none",
    "LOG_LEVEL": "WARNING",
}
_WEB = ("-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py")


class Town:
    """Two workers, two schedulers, one web server of two processes."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.port = free_port()
        self.parts: dict[str, Process] = {}
        self.restarts = 0
        self._makers: dict[str, Callable[[], Process]] = {
            "web": lambda: self.process(*_WEB, PORT=str(self.port), WEB_CONCURRENCY="2"),
            "worker-1": self.worker,
            "worker-2": self.worker,
            "scheduler-1": lambda: self.process("manage.py", "rqscheduler"),
            "scheduler-2": lambda: self.process("manage.py", "rqscheduler"),
        }
        self._looked = 0.0

    def process(self, *arguments: str, **environment: str) -> Process:
        return Process(self.world, arguments, **{**ENVIRONMENT, **environment})

    def worker(self, *launcher: str) -> Process:
        return self.process(*(launcher or ("manage.py",)), "rqworker", *QUEUES)

    def workers(self) -> list[Process]:
        return [part for name, part in self.parts.items() if name.startswith("worker")]

    def schedulers(self) -> list[Process]:
        return [part for name, part in self.parts.items() if name.startswith("scheduler")]

    def start(self) -> None:
        self.parts = {name: make() for name, make in self._makers.items()}
        eventually(lambda: self.get("/healthz")[0] == 200, seconds=90, what="the web server")
        pids = {worker.pid for worker in self.workers()}
        eventually(lambda: Worker.objects.filter(pid__in=pids).count() == 2, seconds=90, what="two workers")

    def pass_time(self, seconds: float) -> None:
        """Wait, and start again what has ended meanwhile. In the main thread, with which children may die."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            if now >= self._looked + RESTART_SECONDS:
                self._looked = now
                self._restart_ended()
            time.sleep(min(0.2, end - now))

    def _restart_ended(self) -> None:
        for name, part in self.parts.items():
            if not part.alive:
                self.restarts += 1
                self.parts[name] = self._makers[name]()

    def stop(self) -> None:
        for part in self.parts.values():
            part.destroy()

    def get(self, path: str, token: str = "") -> tuple[int, bytes]:
        """(status, body); status 0 without an answer."""
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            talk.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = talk.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            talk.close()
