"""Which error each failure of a source becomes, and when it is given up."""

import ctypes
import gzip
import logging
import socket
import threading
import time
from typing import Any

import pytest
from django.db import connection
from werkzeug import Request, Response

from jobs.errors import ErrorClass, classify_error
from providers.errors import (
    AuthError,
    BadPayload,
    NotFound,
    ProviderError,
    RateLimited,
    Rejected,
    Transient,
)
from providers.http import client_for
from providers.models import SourceState
from tests.providers.receivers import Receiver, drips, receiver
from tests.providers.servers import KEY, Sources

PATH = "/v1/things"


@pytest.mark.parametrize(
    ("status", "error", "error_class", "retries"),
    [
        (400, Rejected, ErrorClass.VALIDATION_ERROR, False),
        (401, AuthError, ErrorClass.API_ERROR, False),
        (403, AuthError, ErrorClass.API_ERROR, False),
        (404, NotFound, ErrorClass.API_ERROR, False),
        (408, Transient, ErrorClass.NETWORK_ERROR, True),
        (422, Rejected, ErrorClass.VALIDATION_ERROR, False),
        (429, RateLimited, ErrorClass.RATE_LIMIT, True),
        (500, Transient, ErrorClass.NETWORK_ERROR, True),
        (503, Transient, ErrorClass.NETWORK_ERROR, True),
    ],
)
def test_each_status_becomes_an_error_that_jobs_understand(
    source: Sources, status: int, error: type[ProviderError], error_class: ErrorClass, retries: bool
) -> None:
    source("osha").answers(PATH, status=status, text="because of this")

    with pytest.raises(error, match=r"OSHA.*because of this") as raised:
        client_for("osha").get(PATH)

    classified = classify_error(raised.value)
    assert (type(raised.value), classified.error_class, classified.retryable) == (error, error_class, retries)
    assert (raised.value.provider, raised.value.status) == ("osha", status)


def test_a_source_says_how_long_to_stay_away(source: Sources) -> None:
    source("osha").answers(PATH, status=429, headers={"Retry-After": "17"})

    with pytest.raises(RateLimited) as raised:
        client_for("osha").get(PATH)

    assert raised.value.retry_after == 17
    assert classify_error(raised.value).delay == 17


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_may_not_grow_without_bound(source: Sources, settings: Any, packed: bool) -> None:
    settings.PROVIDER_ANSWER_MB = 1
    body = b" " * 1_100_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    source("sec").answers(PATH, content=gzip.compress(body) if packed else body, headers=headers)

    with pytest.raises(BadPayload, match="more than 1 MiB"):
        client_for("sec").get(PATH)


@pytest.mark.parametrize("text", ["", "<html>sorry</html>", '{"a": NaN}', '{"a": '])
def test_what_is_no_json_is_a_bad_payload_that_shows_its_beginning(source: Sources, text: str) -> None:
    source("sec").answers(PATH, text=text)

    with pytest.raises(BadPayload, match="no JSON") as raised:
        client_for("sec").get(PATH).json()

    assert text.strip() in str(raised.value)


def test_a_source_that_hangs_is_left_after_its_time(source: Sources, settings: Any) -> None:
    settings.PROVIDER_TOTAL_TIMEOUT = 0.3
    source("osha").hangs(PATH)
    begun = time.monotonic()

    with pytest.raises(Transient, match="in time"):
        client_for("osha").get(PATH)

    assert 0.25 < time.monotonic() - begun < 3


@pytest.mark.parametrize(
    "before", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"]
)
def test_a_source_that_drips_is_left_after_its_time(source: Sources, settings: Any, before: bytes) -> None:
    settings.PROVIDER_TOTAL_TIMEOUT = 0.4
    with receiver(drips(before, b"x")) as dripping:
        source("osha", base_url=f"http://127.0.0.1:{dripping.port}")
        begun = time.monotonic()

        with pytest.raises(Transient, match="in time"):
            client_for("osha").get(PATH)

    assert time.monotonic() - begun < 3


def test_a_source_that_is_not_there_is_transient(source: Sources) -> None:
    source("osha", base_url="http://127.0.0.1:9")

    with pytest.raises(Transient, match="could not be reached"):
        client_for("osha").get(PATH)


def test_a_body_that_breaks_off_is_transient(source: Sources) -> None:
    def breaks_off(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")

    with receiver(breaks_off) as broken:
        source("osha", base_url=f"http://127.0.0.1:{broken.port}")

        with pytest.raises(Transient):
            client_for("osha").get(PATH)


def test_the_key_is_in_no_error_and_no_log(source: Sources, caplog: pytest.LogCaptureFixture) -> None:
    def repeat(request: Request) -> Response:
        return Response(f"bad request: {request.full_path} {request.args['X-API-KEY']}", status=400)

    caplog.set_level(logging.DEBUG)
    source("osha").does(PATH, repeat)

    with pytest.raises(Rejected) as raised:
        client_for("osha").get(PATH)

    ours = [record.getMessage() for record in caplog.records if record.name != "werkzeug"]
    said = " ".join([str(raised.value), raised.value.body, repr(client_for("osha")), *ours])
    assert "***" in said
    assert not [form for form in (KEY, "key/of+the%20test", "key%2Fof%2Bthe") if form in said]


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_is_told_to_stop_does_not_wait_for_a_source_that_hangs(source: Sources) -> None:
    class Stop(BaseException):
        pass

    ended: list[BaseException] = []

    def call() -> None:
        try:
            client_for("osha").get(PATH)
        except BaseException as error:  # noqa: BLE001  what ends it is the question
            ended.append(error)
        finally:
            connection.close()

    fake = source("osha")
    fake.hangs(PATH)
    thread = threading.Thread(target=call)
    thread.start()
    assert fake.arrived.wait(10)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(Stop))
    thread.join(5)

    assert [type(error) for error in ended] == [Stop]
    assert SourceState.objects.get().failures == 0
