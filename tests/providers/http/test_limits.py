"""R-RATE-07: calls per source and rolling window, over threads, processes and hosts."""

import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from werkzeug import Request, Response

from deploy.local.home import ROOT
from jobs.errors import ErrorClass, classify_error
from providers.catalogue import Limit
from providers.errors import RateLimited
from providers.http import client_for, limits, transport
from providers.models import SourceState, Start
from tests.providers.servers import FakeSource, Sources

PATH = "/v1/things"
#: Seconds that the server of a busy machine may notice one request later than another.
NOTICED = 0.25
FEW = Limit(count=2, seconds=10)
_CALLS = """
import django, sys
django.setup()
from providers.http import client_for
for _ in range(int(sys.argv[1])):
    client_for("sec").get("/v1/things")
"""


def arrivals(fake: FakeSource) -> list[float]:
    """Times at which requests arrive from now on."""
    times: list[float] = []
    lock = Lock()

    def note(request: Request) -> Response:
        with lock:
            times.append(time.monotonic())
        return Response("{}")

    fake.does(PATH, note)
    return times


def most_in_window(times: list[float], seconds: float) -> int:
    return max(sum(begin <= other < begin + seconds for other in times) for begin in times)


def environment(process_env: Mapping[str, str], fake: FakeSource, **more: str) -> dict[str, str]:
    known = {"QUARRY_LIVE_SOURCES": fake.name, "SEC_CONTACT": "test@example.org", "SEC_BASE_URL": fake.base_url}
    return {**process_env, **known, **more}


def start(program: str, env: Mapping[str, str], *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", program, *arguments], env=env, cwd=ROOT, text=True)


def test_two_processes_keep_one_limit(process_env: Mapping[str, str], source: Sources) -> None:
    fake = source("sec")
    times = arrivals(fake)
    env = environment(process_env, fake, SEC_LIMIT="2/2")

    running = [start(_CALLS, env, "3") for _ in range(2)]

    assert [process.wait(60) for process in running] == [0, 0]
    assert len(times) == 6
    assert most_in_window(times, 2 - NOTICED) == 2


@pytest.mark.django_db(transaction=True)
def test_threads_wait_for_their_turn(source: Sources) -> None:
    times = arrivals(source("sec", limit=Limit(count=3, seconds=1)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: client_for("sec").get(PATH), range(9)))

    assert len(times) == 9
    assert most_in_window(times, 1 - NOTICED) == 3


@pytest.mark.django_db(transaction=True)
def test_calls_of_a_source_that_takes_one_at_a_time_never_overlap(source: Sources) -> None:
    under_way: list[int] = []
    most: list[int] = []

    def slow(request: Request) -> Response:
        under_way.append(1)
        most.append(len(under_way))
        time.sleep(0.05)
        under_way.pop()
        return Response("{}")

    source("uspto", limit=Limit(count=100, seconds=1)).does(PATH, slow)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: client_for("uspto").get(PATH), range(4)))

    assert most == [1, 1, 1, 1]


def test_who_would_wait_too_long_is_told_how_long(source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0.2
    times = arrivals(source("osha", limit=FEW))
    client = client_for("osha")
    client.get(PATH)
    client.get(PATH)

    with pytest.raises(RateLimited, match=r"2/10 .* OSHA_LIMIT") as raised:
        client.get(PATH)

    assert 9 < raised.value.retry_after <= 10.1
    assert classify_error(raised.value).error_class is ErrorClass.RATE_LIMIT
    assert len(times) == 2


def test_a_window_that_has_passed_is_free_again(source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0
    times = arrivals(source("osha", limit=FEW))
    client = client_for("osha")
    client.get(PATH)
    client.get(PATH)
    Start.objects.update(started_at=F("started_at") - timedelta(seconds=10.1))

    client.get(PATH)

    assert len(times) == 3
    assert Start.objects.count() == 1


def test_a_request_for_a_pause_holds_for_everybody(source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 5
    fake = source("sec")
    source("sec-files").answers(PATH, text="[]")
    fake.answers(PATH, status=429, headers={"Retry-After": "120"})

    with pytest.raises(RateLimited):
        client_for("sec").get(PATH)
    with pytest.raises(RateLimited, match="asked for a pause") as raised:
        client_for("sec-files").get(PATH)

    assert 110 < raised.value.retry_after <= 120
    assert len(fake.server.log) == 1


def test_a_short_pause_is_waited_for(source: Sources) -> None:
    fake = source("sec", limit=Limit(count=5, seconds=1))
    fake.answers(PATH, status=429, headers={"Retry-After": "0.4"}, once=True)
    fake.answers(PATH, json={})
    with pytest.raises(RateLimited):
        client_for("sec").get(PATH)
    begun = time.monotonic()

    client_for("sec").get(PATH)

    assert time.monotonic() - begun > 0.3


@pytest.mark.django_db(transaction=True)
def test_a_pause_that_begins_while_somebody_waits_holds_for_them_too(source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 3
    times = arrivals(source("sec", limit=Limit(count=1, seconds=1)))
    client_for("sec").get(PATH)

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(client_for("sec").get, PATH)
        while Start.objects.count() < 2:
            time.sleep(0.01)
        client_for("sec").throttled(60, "enough for now")
        with pytest.raises(RateLimited, match="asked for a pause"):
            waiting.result(timeout=10)

    assert len(times) == 1


def test_a_source_can_be_paused_in_its_own_words(source: Sources) -> None:
    source("gdelt").answers(PATH, text="Please limit requests")
    client = client_for("gdelt")
    client.get(PATH)

    error = client.throttled(45, "GDELT asks for fewer requests.")

    assert error.retry_after == 45
    with pytest.raises(RateLimited):
        client.get(PATH)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_called_inside_a_transaction(source: Sources) -> None:
    fake = source("sec")

    with transaction.atomic(), pytest.raises(RuntimeError, match="outside transactions"):
        client_for("sec").get(PATH)

    assert fake.requests == []


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_the_network_is_waited_for(source: Sources) -> None:
    in_use: list[int] = []

    def look(request: Request) -> Response:
        stats = connection.pool.get_stats()  # type: ignore[attr-defined]  # Postgres has one
        in_use.append(stats["pool_size"] - stats["pool_available"])
        return Response("{}")

    source("sec").does(PATH, look)
    SourceState.objects.count()

    client_for("sec").get(PATH)

    assert in_use == [0]


@pytest.mark.django_db(transaction=True)
def test_who_connected_slowly_asks_for_its_turn_again(source: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    times = arrivals(source("sec", limit=Limit(count=1, seconds=1)))
    connect = transport._Backend.connect_tcp

    def slowly(*given: Any, **named: Any) -> Any:
        time.sleep(0.8)
        return connect(*given, **named)

    monkeypatch.setattr(transport._Backend, "connect_tcp", slowly)
    transport._pool.cache_clear()
    client_for("sec").get(PATH)

    client_for("sec").get(PATH)

    assert most_in_window(times, 1) == 1


def test_a_clock_that_was_set_back_stops_nobody(source: Sources, settings: Any) -> None:
    settings.PROVIDER_LIMIT_WAIT = 0
    times = arrivals(source("osha", limit=FEW))
    client = client_for("osha")
    client.get(PATH)
    client.get(PATH)
    Start.objects.update(started_at=F("started_at") + timedelta(hours=1))

    client.get(PATH)

    assert len(times) == 3


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_not_lost_when_its_end_cannot_be_noted(
    source: Sources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source("sec").answers(PATH, json={"a": 1})
    monkeypatch.setattr(limits, "_SETTLE", "SELECT no_such_function(%(source)s)")

    assert client_for("sec").get(PATH).json() == {"a": 1}

    assert "How a call of SEC EDGAR ended could not be noted" in caplog.text
