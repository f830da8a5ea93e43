"""The manager and the jobs of a worker that died under it."""

import signal
import socket
import subprocess
from typing import Any

import pytest

from jobs.actions import enqueue
from jobs.ledger.claim import claim
from jobs.models import Worker
from jobs.worker_manager import WorkerManager

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


class Killed:
    """A worker's process that the kernel has killed, with the process id that another container's has too."""

    pid = 7
    started: list[list[str]] = []  # noqa: RUF012

    def __init__(self, command: list[str], **_: Any) -> None:
        self.started.append(command)

    def poll(self) -> int:
        return -signal.SIGKILL


def test_a_dead_worker_s_jobs_are_rescued_and_none_of_a_namesake_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", Killed)
    manager = WorkerManager([["scoring"]])
    manager.start()
    [command] = Killed.started
    dead, alive = command[command.index("--name") + 1], "another-container"
    jobs = {name: enqueue(type="diag-noop", data={}).job() for name in (dead, alive)}
    for name, job in jobs.items():
        Worker.objects.create(name=name, host=socket.gethostname(), pid=Killed.pid)
        claim([job.id], worker=name)

    manager.look()

    for job in jobs.values():
        job.refresh_from_db()
    assert [jobs[dead].status, jobs[alive].status] == ["waiting", "active"]
    assert list(Worker.objects.values_list("name", flat=True)) == [alive]
