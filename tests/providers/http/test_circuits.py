"""R-ERRORS-11: a source that fails in a row is left alone, then tried by exactly one call."""

import signal
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db.models import F
from werkzeug import Request, Response

from jobs import hooks
from jobs.errors import ErrorClass, classify_error
from providers.errors import AuthError, CircuitOpen, RateLimited, Transient
from providers.http import client_for
from providers.http.circuits import close, states
from providers.models import SourceState
from tests.providers.http.test_limits import environment, start
from tests.providers.servers import FakeSource, Sources

PATH = "/v1/things"
_ONE_CALL = """
import django
django.setup()
from providers.http import client_for
client_for("sec").get("/v1/things")
"""


def fail(times: int, name: str = "sec") -> None:
    for _ in range(times):
        with pytest.raises(Transient):
            client_for(name).get(PATH)


def broken(source: Sources) -> FakeSource:
    """A source whose circuit has just opened."""
    fake = source("sec")
    fake.answers(PATH, status=500)
    fail(5)
    return fake


def let_pass(seconds: float) -> None:
    """As if the circuit had opened so much earlier."""
    ago = timedelta(seconds=seconds)
    SourceState.objects.update(opened_at=F("opened_at") - ago)


def test_after_five_failures_the_sixth_call_does_not_go_out(source: Sources) -> None:
    fake = broken(source)

    with pytest.raises(CircuitOpen, match="left alone") as raised:
        client_for("sec").get(PATH)

    assert len(fake.requests) == 5
    assert 55 < raised.value.retry_after <= 60
    assert classify_error(raised.value).error_class is ErrorClass.NETWORK_ERROR
    assert classify_error(raised.value).retryable
    assert states() == {"sec": 2}
    assert hooks.provider_circuits() == {"sec": hooks.Circuit.OPEN}


def test_a_source_that_cannot_be_reached_counts_as_failing(source: Sources) -> None:
    source("sec", base_url="http://127.0.0.1:9")
    fail(5)

    with pytest.raises(CircuitOpen):
        client_for("sec").get(PATH)


def test_only_failures_in_a_row_count(source: Sources) -> None:
    fake = source("sec")
    fake.answers("/fine", json={})
    fake.answers(PATH, status=503)
    fail(4)
    client_for("sec").get("/fine")

    fail(4)

    assert len(fake.requests) == 9
    assert states() == {"sec": 0}


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (429, RateLimited)])
def test_an_answer_that_refuses_is_no_failure(source: Sources, status: int, error: type[Exception]) -> None:
    fake = source("sec")
    fake.answers(PATH, status=500)
    fake.answers("/refused", status=status, headers={"Retry-After": "0"})
    fail(4)
    with pytest.raises(error):
        client_for("sec").get("/refused")

    fail(1)

    assert states() == {"sec": 0}


def test_the_numbers_are_settings(source: Sources, settings: Any) -> None:
    settings.PROVIDER_CIRCUIT_FAILURES = 2
    settings.PROVIDER_CIRCUIT_SECONDS = 0.3
    fake = source("sec")
    fake.answers(PATH, status=500)
    fail(2)
    with pytest.raises(CircuitOpen):
        client_for("sec").get(PATH)
    let_pass(0.3)

    with pytest.raises(Transient) as raised:
        client_for("sec").get(PATH)

    assert not isinstance(raised.value, CircuitOpen)
    assert len(fake.requests) == 3


@pytest.mark.django_db(transaction=True)
def test_after_the_pause_exactly_one_call_tries(source: Sources) -> None:
    fake = broken(source)
    arrived, go_on = Event(), Event()

    def answer(request: Request) -> Response:
        arrived.set()
        go_on.wait(20)
        return Response("{}")

    fake.server.clear()
    fake.does(PATH, answer)
    let_pass(61)
    assert states() == {"sec": 1}

    with ThreadPoolExecutor(6) as threads:
        trial = threads.submit(client_for("sec").get, PATH)
        assert arrived.wait(10)
        others = [threads.submit(client_for("sec").get, PATH) for _ in range(5)]
        errors = [other.exception(timeout=10) for other in others]
        go_on.set()
        assert trial.result(timeout=10).status == 200

    assert [type(error) for error in errors] == [CircuitOpen] * 5
    assert len(fake.requests) == 1
    assert states() == {"sec": 0}
    assert client_for("sec").get(PATH).status == 200


@pytest.mark.django_db(transaction=True)
def test_of_calls_that_come_together_one_tries(source: Sources) -> None:
    fake = broken(source)
    let_pass(61)

    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(client_for("sec").get, PATH) for _ in range(8)]
        errors = [call.exception(timeout=20) for call in calls]

    assert len(fake.requests) == 6
    assert sum(isinstance(error, CircuitOpen) for error in errors) == 7


def test_a_trial_that_fails_opens_the_circuit_for_the_whole_time_again(source: Sources) -> None:
    fake = broken(source)
    let_pass(61)
    fail(1)

    with pytest.raises(CircuitOpen) as raised:
        client_for("sec").get(PATH)

    assert len(fake.requests) == 6
    assert raised.value.retry_after > 55


@pytest.mark.django_db(transaction=True)
def test_a_call_from_before_does_not_close_an_open_circuit(source: Sources) -> None:
    fake = source("sec")
    arrived, go_on = Event(), Event()

    def slow(request: Request) -> Response:
        arrived.set()
        go_on.wait(20)
        return Response("{}")

    fake.does("/slow", slow)
    fake.answers(PATH, status=500)

    with ThreadPoolExecutor(1) as threads:
        earlier = threads.submit(client_for("sec").get, "/slow")
        assert arrived.wait(10)
        fail(5)
        go_on.set()
        assert earlier.result(timeout=10).status == 200

    assert states() == {"sec": 2}


def test_a_process_that_dies_while_it_tries_does_not_keep_the_circuit_open(
    process_env: Mapping[str, str], source: Sources
) -> None:
    fake = broken(source)
    let_pass(61)
    fake.server.clear()
    fake.hangs(PATH)
    process = start(_ONE_CALL, environment(process_env, fake))
    while not SourceState.objects.filter(trial__isnull=False).exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with pytest.raises(CircuitOpen):
        client_for("sec").get(PATH)

    SourceState.objects.update(trial_until=F("trial_until") - timedelta(seconds=40))
    fake.over.set()
    fake.server.clear()
    fake.answers(PATH, json={})

    assert client_for("sec").get(PATH).status == 200
    assert states() == {"sec": 0}


def test_a_person_may_close_it(source: Sources) -> None:
    fake = broken(source)

    assert close("sec")
    assert not close("sec")

    fail(1)
    assert len(fake.requests) == 6


def test_feeds_of_different_hosts_have_nothing_to_do_with_each_other(source: Sources, settings: Any) -> None:
    settings.PROVIDER_ALLOW_PRIVATE = True
    fake = source("rss")
    fake.answers("/down", status=500)
    fake.answers("/busy", status=429, headers={"Retry-After": "600"})
    fake.answers("/fine", text="<rss/>")
    client = client_for("rss")
    for _ in range(6):
        with pytest.raises(Transient):
            client.get(f"{fake.base_url}/down")
    with pytest.raises(RateLimited) as raised:
        client.get(f"{fake.base_url}/busy")

    assert raised.value.retry_after == 600
    assert client.get(f"{fake.base_url}/fine").status == 200
    assert states() == {"rss": 0}


def test_a_sources_troubles_are_its_own(source: Sources) -> None:
    broken(source)
    source("osha").answers(PATH, json={})

    assert client_for("osha").get(PATH).status == 200
    assert states() == {"sec": 2, "osha": 0}
