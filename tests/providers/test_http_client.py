"""Calls to sources: what is sent, what comes back, and which error each failure becomes."""

import ctypes
import gzip
import logging
import socket
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from werkzeug import Request, Response

from jobs.errors import ErrorClass, classify_error
from providers.catalogue import SOURCES
from providers.errors import (
    AuthError,
    BadPayload,
    NotConfigured,
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


def test_an_answer_has_status_headers_and_exact_numbers(source: Sources) -> None:
    source("usaspending").answers(PATH, text='{"amount": 202.39}', headers={"X-Page": "7"})

    answer = client_for("usaspending").get(PATH)

    assert (answer.status, answer.headers["x-page"], answer.from_cache) == (200, "7", False)
    assert answer.json() == {"amount": Decimal("202.39")}
    assert abs(time.time() - answer.fetched_at.timestamp()) < 60


def test_parameters_and_bodies_arrive_as_given(source: Sources) -> None:
    fake = source("usaspending")
    fake.answers(PATH, json=[])

    client_for("usaspending").get(PATH, params={"q": 'a "b" & c', "page": 2})
    client_for("usaspending").post(PATH, json={"filters": {"x": [1]}})

    first, second = fake.requests
    assert dict(first.args) == {"q": 'a "b" & c', "page": "2"}
    assert second.get_json() == {"filters": {"x": [1]}}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("census", lambda request: request.args["key"]),
        ("uspto", lambda request: request.headers["X-API-KEY"]),
        ("companies-house", lambda request: request.authorization.username),
    ],
)
def test_the_key_travels_where_the_source_wants_it(source: Sources, name: str, found: Any) -> None:
    fake = source(name)
    fake.answers(PATH, json={})

    client_for(name).get(PATH, params={"a": "1"})

    assert found(fake.requests[0]) == KEY
    assert fake.requests[0].args["a"] == "1"


def test_the_sec_is_told_who_asks(source: Sources) -> None:
    fake = source("sec")
    fake.answers(PATH, json={})

    client_for("sec").get(PATH)

    assert fake.requests[0].headers["User-Agent"].endswith("Quarry tests test@example.org")


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


def test_statuses_that_mean_nothing_found_are_answers_where_the_caller_says_so(source: Sources) -> None:
    source("uspto").answers(PATH, status=404, json={"message": "no match"})

    assert client_for("uspto").get(PATH, empty=(204, 404)).status == 404


def test_a_source_says_how_long_to_stay_away(source: Sources) -> None:
    source("osha").answers(PATH, status=429, headers={"Retry-After": "17"})

    with pytest.raises(RateLimited) as raised:
        client_for("osha").get(PATH)

    assert raised.value.retry_after == 17
    assert classify_error(raised.value).delay == 17


def test_a_source_that_is_off_is_not_called(settings: Any) -> None:
    with pytest.raises(NotConfigured, match="add osha to QUARRY_LIVE_SOURCES"):
        client_for("osha")


def test_a_source_without_its_key_says_which_variable_to_set(source: Sources) -> None:
    source("osha", key="")

    with pytest.raises(NotConfigured, match="OSHA_API_KEY"):
        client_for("osha")


def test_a_key_that_is_optional_may_be_missing(source: Sources) -> None:
    fake = source("ucc-oregon", key="")
    fake.answers(PATH, json=[])

    client_for("ucc-oregon").get(PATH)

    assert "X-App-Token" not in fake.requests[0].headers


def test_packed_answers_are_unpacked(source: Sources) -> None:
    packed = gzip.compress(b'{"a": 1}')
    source("sec").answers(PATH, content=packed, headers={"Content-Encoding": "gzip"})

    assert client_for("sec").get(PATH).json() == {"a": 1}


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


def test_redirects_are_followed_within_a_host(source: Sources) -> None:
    fake = source("osha")
    fake.answers("/old", status=301, headers={"Location": f"/osha{PATH}"})
    fake.answers(PATH, json={"here": True})

    assert client_for("osha").get("/old").json() == {"here": True}


def test_redirects_to_another_host_are_refused(source: Sources) -> None:
    fake = source("osha")
    elsewhere = fake.server.url_for(PATH).replace("127.0.0.1", "localhost")
    fake.answers("/old", status=302, headers={"Location": elsewhere})

    with pytest.raises(BadPayload, match="another host, localhost"):
        client_for("osha").get("/old")

    assert len(fake.server.log) == 1


def test_redirects_in_a_circle_end(source: Sources) -> None:
    fake = source("osha")
    fake.answers("/old", status=302, headers={"Location": "/osha/old"})

    with pytest.raises(BadPayload, match="circle"):
        client_for("osha").get("/old")


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


def test_a_source_with_one_host_takes_no_whole_address(source: Sources) -> None:
    source("osha")

    with pytest.raises(Rejected, match="cannot be asked"):
        client_for("osha").get("https://example.org/other")


def test_feeds_are_not_read_from_private_addresses(source: Sources) -> None:
    fake = source("rss")
    fake.answers("/feed", text="<rss/>")

    with pytest.raises(Rejected, match="not public"):
        client_for("rss").get(f"{fake.base_url}/feed")


def test_feeds_are_read_from_the_address_given(source: Sources, settings: Any) -> None:
    settings.PROVIDER_ALLOW_PRIVATE = True
    fake = source("rss")
    fake.answers("/feed", text="<rss/>")

    assert client_for("rss").get(f"{fake.base_url}/feed?a=1").text() == "<rss/>"
    assert fake.requests[0].args["a"] == "1"


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


def test_every_source_is_declared_completely() -> None:
    for name, source in SOURCES.items():
        assert name == name.lower()
        assert source.label
        assert source.gives
        assert source.licence.endswith(".")
        assert source.documentation.startswith("https://")
        assert source.any_host or source.base_url.startswith("https://")
        assert bool(source.key_in) == (source.key != "none")
        assert source.limit
        assert source.budget in SOURCES
