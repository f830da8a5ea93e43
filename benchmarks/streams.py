"""Open event streams on one web process: memory, time from commit to the last listener, CPU; bursts beside them.

python3 run.py benchmark streams [--streams 1000] [--events 40] [--output FILE]
"""

import argparse
import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from io import StringIO
from typing import Any

import psutil

from .latency import until
from .posting import percentiles
from .report import publish
from .servers import durable_servers

PORT = 3139


class Reader:
    """One open stream; notes when each event arrives."""

    def __init__(self, path: str, token: str) -> None:
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        self.opened = asyncio.Event()
        self.arrivals: list[float] = []
        self.refused = 0
        self.on_event: Callable[[], Any] = lambda: None

    async def read(self) -> None:
        while not await self._read():
            self.refused += 1
            await asyncio.sleep(1)

    async def _read(self) -> bool:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(self._request)
        try:
            if b" 200 " not in await reader.readline():
                return False
            while line := await reader.readline():
                if line.startswith((b"event: state", b"event: ready")):
                    self.opened.set()
                elif line.startswith(b"event: "):
                    self.arrivals.append(time.time())
                    self.on_event()
            return True
        finally:
            writer.close()


def web(environment: dict[str, str]) -> tuple[subprocess.Popen[bytes], psutil.Process]:
    child = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"],
        env={**os.environ, "PORT": str(PORT), "WEB_CONCURRENCY": "1", "STREAMS_PER_CALLER": "5000", **environment},
    )
    import urllib.request

    def up() -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/healthz", timeout=2)
        except OSError:
            return False
        return True

    until(up)
    return child, psutil.Process(child.pid).children()[0]


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def mb(process: psutil.Process) -> float:
    return round(int(process.memory_info().rss) / 2**20, 1)


def commit_event(number: int) -> float:
    """An event of the queue; the time before its transaction, so that the figures err on the slow side."""
    from accounts.callers import system_caller
    from jobs import queues

    verb = queues.resume if number % 2 else queues.pause
    at = time.time()
    verb(queue="scoring", by=system_caller())
    return at


async def many(worker: psutil.Process, token: str, streams: int, events: int) -> dict[str, Any]:
    before = mb(worker)
    readers = [Reader("/api/queues/scoring/events", token) for _ in range(streams)]
    at = time.monotonic()
    tasks = []
    for start in range(0, streams, 20):
        tasks += [asyncio.create_task(reader.read()) for reader in readers[start : start + 20]]
        await asyncio.gather(*(reader.opened.wait() for reader in readers[start : start + 20]))
    opened_in = time.monotonic() - at
    idle = cpu(worker)
    await asyncio.sleep(20)
    idle = (cpu(worker) - idle) / 20
    first, last, each = [], [], []
    busy = cpu(worker)
    for number in range(events):
        committed = await asyncio.to_thread(commit_event, number)
        while any(len(reader.arrivals) <= number for reader in readers):
            await asyncio.sleep(0.005)
        arrived = [(reader.arrivals[number] - committed) * 1000 for reader in readers]
        first.append(max(0.0, min(arrived)))
        last.append(max(arrived))
        each += arrived
        await asyncio.sleep(0.2)
    busy = cpu(worker) - busy
    report = {
        "streams": streams,
        "opened_in_seconds": round(opened_in, 1),
        "refused_at_first": sum(reader.refused for reader in readers),
        "rss_mb_before": before,
        "rss_mb": mb(worker),
        "threads": worker.num_threads(),
        "idle_cpu_percent_of_a_core": round(idle * 100, 2),
        "cpu_ms_per_event_to_all": round(busy * 1000 / events, 1),
        "commit_to_first": percentiles(first),
        "commit_to_last": percentiles(last),
        "commit_to_each": percentiles(each),
    }
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return report


async def viewers(worker: psutil.Process, token: str, number: int = 20, seconds: int = 10) -> dict[str, Any]:
    """Live pages: each is told of changes and loads its part of the page anew, here the queues with their counts."""
    refreshes = 0
    background: set[asyncio.Task[None]] = set()

    async def refresh() -> None:
        nonlocal refreshes
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(_get("/api/queues", token))
        await reader.read()
        writer.close()
        refreshes += 1

    def changed() -> None:
        task = asyncio.get_running_loop().create_task(refresh())
        background.add(task)
        task.add_done_callback(background.discard)

    readers = [Reader("/api/events?topics=queues", token) for _ in range(number)]
    tasks = [asyncio.create_task(reader.read()) for reader in readers]
    await asyncio.gather(*(reader.opened.wait() for reader in readers))
    quiet = cpu(worker)
    await asyncio.sleep(seconds)
    quiet = cpu(worker) - quiet
    for reader in readers:
        reader.on_event = changed
    stop = threading.Event()
    noise = threading.Thread(target=_noise, args=[stop])
    noise.start()
    busy = cpu(worker)
    await asyncio.sleep(seconds)
    busy = cpu(worker) - busy
    stop.set()
    noise.join()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, *background, return_exceptions=True)
    return {
        "viewers": number,
        "quiet_cpu_percent_per_viewer": round(quiet / seconds / number * 100, 3),
        "busy_cpu_percent_per_viewer": round(busy / seconds / number * 100, 3),
        "refreshes_per_viewer_and_second": round(refreshes / number / seconds, 2),
    }


def _get(path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


def _noise(stop: threading.Event) -> None:
    """Ten changes a second."""
    number = 0
    while not stop.wait(0.1):
        number += 1
        commit_event(number)


async def burst(worker: psutil.Process, token: str, requests: int = 500) -> dict[str, Any]:
    """Requests that all wait for a lock on the jobs, for three seconds."""
    from django.db import connection

    statuses: list[bytes] = []
    locked, free = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE jobs_job IN ACCESS EXCLUSIVE MODE")
            locked.set()
            free.wait(30)
        connection.close()

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        writer.write(_get("/api/jobs/search", token))
        statuses.append((await reader.read())[9:12])
        writer.close()

    def connections() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'measured'")
            return int(cursor.fetchone()[0])

    holder = threading.Thread(target=hold)
    holder.start()
    await asyncio.to_thread(locked.wait)
    tasks = [asyncio.create_task(ask()) for _ in range(requests)]
    await asyncio.sleep(3)
    report = {
        "requests": requests,
        "threads": worker.num_threads(),
        "database_connections": await asyncio.to_thread(connections),
        "rss_mb": mb(worker),
    }
    free.set()
    at = time.monotonic()
    await asyncio.gather(*tasks)
    holder.join()
    return {**report, "answered_200": statuses.count(b"200"), "answered_in_seconds": round(time.monotonic() - at, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--events", type=int, default=40)
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        from django.core.management import call_command

        out = StringIO()
        call_command("create_token", "bench@example.com", role="admin", stdout=out, stderr=StringIO())
        token = out.getvalue().strip()
        child, worker = web({"QUARRY_PROCESS": "measured"})
        try:
            report = {
                "many_streams": asyncio.run(many(worker, token, given.streams, given.events)),
                "live_pages": asyncio.run(viewers(worker, token)),
                "burst": asyncio.run(burst(worker, token)),
            }
        finally:
            child.terminate()
            child.wait()
        report["conditions"] = {"load_average": os.getloadavg(), "processors": os.cpu_count()}
    publish(report, given.output)


if __name__ == "__main__":
    main()
