"""POST at a fixed rate, whatever the answers take: each request on its own connection, from its own thread.

A request's time counts from when it was due, so that a slow answer does not hide what waits behind it. A request
that fails counts with its time too, and is not among the accepted.
"""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from typing import Any

#: Whose everything is.
ORGANISATION = "bench"
PORT = "3999"
URL = f"http://127.0.0.1:{PORT}"
#: At its rate, and not counted: connections are opened, and what is imported late is imported.
WARM_UP_SECONDS = 5
#: For the start of the web server.
START_SECONDS = 300
#: After which a request has failed.
PATIENCE_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Answer:
    """status: None where none came in time."""

    status: int | None
    milliseconds: float


def measure(path: str, body: dict[str, Any], *, seconds: int = 20, per_second: int = 50) -> dict[str, Any]:
    """Percentiles of POST to the web server as it is deployed, with what surrounds them."""
    headers = {"Authorization": f"Bearer {_token()}", "Content-Type": "application/json"}
    request = urllib.request.Request(URL + path, data=json.dumps(body).encode(), headers=headers)  # noqa: S310
    with web_server():
        load = os.getloadavg()[0]
        answers = _open_loop(request, number=(WARM_UP_SECONDS + seconds) * per_second, per_second=per_second)
    counted = answers[WARM_UP_SECONDS * per_second :]
    return {
        "per_second": per_second,
        "warm_up_seconds": WARM_UP_SECONDS,
        "sent": len(counted),
        "accepted": sum(answer.status == 202 for answer in counted),
        "accepted_in_warm_up": sum(answer.status == 202 for answer in answers) - sum(a.status == 202 for a in counted),
        **percentiles([answer.milliseconds for answer in counted]),
        "most_ms": round(max(answer.milliseconds for answer in counted), 2),
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
    }


def percentiles(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {name: ordered[int(len(ordered) * share)] for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))}
    return {"n": len(ordered), **{f"{name}_ms": round(value, 2) for name, value in at.items()}}


@contextmanager
def web_server() -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"]
    web = subprocess.Popen(command, env={**os.environ, "PORT": PORT})  # noqa: S603  our own words
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _healthy():
            if time.monotonic() > deadline:
                raise SystemExit(f"the web server did not start within {START_SECONDS} s")
            time.sleep(0.05)
        yield
    finally:
        web.terminate()
        web.wait()


def _healthy() -> bool:
    try:
        urllib.request.urlopen(f"{URL}/healthz", timeout=1).close()  # noqa: S310
    except OSError:
        return False
    return True


def _token() -> str:
    from django.core.management import call_command

    out = StringIO()
    call_command(
        "create_token", "bench@example.com", organisation=ORGANISATION, role="admin", stdout=out, stderr=StringIO()
    )
    return out.getvalue().strip()


def _open_loop(request: urllib.request.Request, *, number: int, per_second: int) -> list[Answer]:
    """The answers in the order of the requests."""
    answers: list[Answer] = [Answer(status=None, milliseconds=0.0)] * number

    def send(place: int, due: float) -> None:
        status = _status(request)
        answers[place] = Answer(status=status, milliseconds=(time.monotonic() - due) * 1000)

    start = time.monotonic()
    threads = []
    for place in range(number):
        due = start + place / per_second
        time.sleep(max(0.0, due - time.monotonic()))
        thread = threading.Thread(target=send, args=[place, due])
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return answers


def _status(request: urllib.request.Request) -> int | None:
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
