"""Streams from the real server: across processes, without threads, and at its end."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local import process
from jobs.actions import enqueue
from jobs.submission import Options

from .conftest import Frame, frames

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

ROOT = Path(__file__).resolve().parents[3]
RUN = "import django; django.setup(); from jobs.execution import run; run({})"
SCORING = Options(queue="scoring")


class Web:
    """gunicorn with one process, as in production."""

    def __init__(self, environment: dict[str, str], log: Path, secret: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.log = log
        self._open: list[http.client.HTTPConnection | http.client.HTTPResponse] = []
        self._headers = {"Authorization": f"Bearer {secret}"}
        self.child = process.start(
            [sys.executable, "-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"],
            env={**environment, "PORT": str(self.port), "WEB_CONCURRENCY": "1", "STREAMS_PER_CALLER": "200"},
            log=log,
            stdin=subprocess.DEVNULL,
            cwd=ROOT,
        )
        until(self.answers, 60)

    def answers(self) -> bool:
        assert self.child.poll() is None, self.log.read_text()
        try:
            return self.request("GET", "/healthz").status == 200
        except OSError:
            return False

    def begin(self, method: str, path: str, *, length: int) -> http.client.HTTPConnection:
        """A request whose body has begun, and no more of it comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self._open.append(connection)
        connection.putrequest(method, path)
        for name, value in {**self._headers, "Content-Length": str(length)}.items():
            connection.putheader(name, value)
        connection.endheaders(b"{")
        return connection

    def request(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", **headers: str
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        self._open.append(connection)
        connection.request(method, path, body or None, {**self._headers, **headers})
        answer = connection.getresponse()
        self._open.append(answer)
        return answer

    def close(self) -> None:
        for thing in self._open:
            thing.close()
        process.stop(self.child, by=((signal.SIGTERM, 10),))

    def stream(self, path: str, **headers: str) -> Iterator[Frame]:
        answer = self.request("GET", path, b"", **headers)
        assert (answer.status, answer.headers["X-Accel-Buffering"]) == (200, "no"), answer.read()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = frames(iter(lambda: answer.read1(65_536), b""))
        return (frame for frame in told if frame.event != "heartbeat")  # a busy machine takes its time

    @property
    def worker(self) -> psutil.Process:
        (found,) = psutil.Process(self.child.pid).children()
        return found


def until(condition: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def web(process_env: dict[str, str], tmp_path: Path, admin: Any) -> Iterator[Web]:
    server = Web({**process_env, "QUARRY_DIAGNOSTICS": "1", "DJANGO_DEBUG": "true"}, tmp_path / "web.log", admin.secret)
    yield server
    server.close()


def test_the_server_streams_what_other_processes_do_holds_no_thread_and_ends_in_order(
    web: Web, process_env: dict[str, str]
) -> None:
    # One server for all of it: starting one takes longer than everything here.
    handle = enqueue(type="diag-progress", data={"steps": 1, "ms": 0}, options=SCORING)
    heard = web.stream(f"/api/jobs/{handle.id}/events")
    assert next(heard).data["status"] == "waiting"
    environment = {**process_env, "QUARRY_DIAGNOSTICS": "1"}
    subprocess.run([sys.executable, "-c", RUN.format(handle.key)], env=environment, check=True, timeout=60)
    told = list(heard)
    assert [frame.event for frame in told] == ["active", "progress", "progress", "completed"]
    assert [
        frame.event for frame in web.stream(f"/api/jobs/{handle.id}/events", **{"Last-Event-ID": told[0].id or ""})
    ] == [
        "state",
        "progress",
        "progress",
        "completed",
    ]

    # Requests of every kind get what they got under a plain WSGI server.
    assert web.request("GET", "/api/jobs/unknown/events").status == 404
    assert web.request("HEAD", "/api/queues/scoring/events").status == 200
    body = b'{"type":"diag-noop","data":{},"options":{"queue":"scoring"}}'
    assert web.request("POST", "/api/jobs", body).status == 202
    refused = web.request("POST", "/api/jobs", b'{"type":"' + b"x" * 6_000_000 + b'"}')
    assert (refused.status, b"payload_too_large" in refused.read()) == (413, True)
    large = b'{"type":"diag-noop","data":{"text":"' + b"x" * 3_000_000 + b'"}}'
    assert web.request("POST", "/api/jobs", large).status == 400
    assert web.request("GET", "/api/jobs/a%2Fb%C3%A4").status == 404

    # A body in chunks is a body like any other, up to the same length.
    assert web.request("POST", "/api/jobs", iter([body[:20], body[20:]])).status == 202
    refused = web.request("POST", "/api/jobs", iter([b'{"type":"', *[b"x" * 1_000_000] * 6, b'"}']))
    assert (refused.status, b"payload_too_large" in refused.read()) == (413, True)

    # Whoever sends a large body slowly holds no thread, however many they are.
    slow = [web.begin("POST", "/api/jobs", length=2_000_000) for _ in range(20)]
    assert web.request("GET", "/healthz").status == 200
    for one in slow:
        one.close()

    # A hundred streams hold no thread, and end when the server does.
    streams = [web.stream("/api/queues/scoring/events") for _ in range(100)]
    assert {next(stream).event for stream in streams} == {"state"}
    assert web.worker.num_threads() < 25
    at = time.monotonic()
    web.child.terminate()
    endings = [[frame.event for frame in stream][-1] for stream in streams]
    assert web.child.wait(20) == 0
    # On an idle machine it takes two seconds. Without being told, gunicorn would wait for thirty.
    assert time.monotonic() - at < 15
    assert endings == ["reconnect"] * 100
    assert "Traceback" not in web.log.read_text()
