"""Waiting for a job: by events, by asking again, and over whatever breaks meanwhile."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from quarry_client import (
    JobFailed,
    JobNotFinished,
    JobStatus,
    NotAuthenticated,
    NotFound,
    NotReachable,
    QuarryClient,
    QuarryError,
    following,
)

from .conftest import job_json, running

EVENTS = "/api/jobs/job_1/events"
JOB = "/api/jobs/job_1"


# --- The project's own server ---------------------------------------------------------------------------
def test_a_job_is_followed_by_its_events_and_asked_for_where_streams_are_refused(
    live_quarry: QuarryClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = live_quarry.enqueue("diag-progress", {"steps": 3, "ms": 30})
    failing = live_quarry.enqueue("diag-fail", {"errorClass": "VALIDATION_ERROR"})

    with monkeypatch.context() as only_events:
        only_events.delattr(following._Watch, "_polled")
        states = live_quarry.follow(job, timeout=60)
        first = next(states)
        with running(job.id):
            told = list(states)
    settings.STREAMS_PER_CALLER = 0
    with running(failing.id), pytest.raises(JobFailed, match="failed: asked to fail"):
        live_quarry.result(failing, timeout=60)

    assert first.status == JobStatus.WAITING
    assert [state.progress for state in told] == sorted(state.progress for state in told)
    assert (told[-1].completed, told[-1].result) == (True, {"steps": 3})
    assert live_quarry.result(job) == {"steps": 3}


# --- A server as the test wants it -----------------------------------------------------------------------
@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REOPEN_SECONDS", "AWAY_SECONDS"):
        monkeypatch.setattr(following, name, 0.01)


def stream(*events: tuple[str, dict[str, Any]]) -> Response:
    told = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    return Response(told, content_type="text/event-stream; charset=utf-8")


def requests(server: HTTPServer) -> list[str]:
    return [request.path for request, _ in server.log]


def test_a_stream_that_is_cut_is_opened_again(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request(EVENTS).respond_with_response(stream(("state", job_json(status="active"))))
    httpserver.expect_ordered_request(EVENTS).respond_with_response(stream(("reconnect", {"reason": "restart"})))
    httpserver.expect_ordered_request(EVENTS).respond_with_response(stream(("state", job_json(status="completed"))))

    assert scripted.wait("job_1").completed
    assert requests(httpserver) == [EVENTS] * 3


def test_an_event_of_a_newer_server_makes_the_client_look(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    httpserver.expect_request(EVENTS).respond_with_response(
        stream(
            ("state", job_json(status="active")), ("simmered", {"at": 1}), ("progress", {"progress": 7, "stage": ""})
        )
    )
    httpserver.expect_oneshot_request(JOB).respond_with_json(job_json(status="active", progress=5), 202)
    httpserver.expect_request(JOB).respond_with_json(job_json(status="cancelled"))
    states = scripted.follow("job_1")

    assert [next(states).progress for _ in range(3)] == [0, 5, 7]


@pytest.mark.parametrize(
    "refusal",
    [
        Response('{"error": {"code": "too_many_requests", "message": "No."}}', 429, {"Retry-After": "30"}),
        Response("<html>no such path here</html>", 404),
        Response("<html>a page</html>", 200, content_type="text/html"),
    ],
    ids=["too many streams", "no such path", "not a stream"],
)
def test_where_there_is_no_stream_the_job_is_asked_for_as_often_as_the_server_says(
    scripted: QuarryClient, httpserver: HTTPServer, refusal: Response
) -> None:
    httpserver.expect_request(EVENTS).respond_with_response(refusal)
    httpserver.expect_oneshot_request(JOB).respond_with_json(job_json(pollIntervalMs=60), 202)
    httpserver.expect_oneshot_request(JOB).respond_with_json(job_json(pollIntervalMs=60, status="active"), 202)
    httpserver.expect_request(JOB).respond_with_json(job_json(status="completed"))
    began = time.monotonic()

    ended = scripted.wait("job_1", timeout=20)

    assert ended.completed
    assert requests(httpserver) == [EVENTS, JOB, JOB, JOB]
    assert 0.12 <= time.monotonic() - began < 10


@pytest.mark.parametrize("seconds", [0, 0.5], ids=["ends at once", "is held back"])
def test_a_stream_that_tells_nothing_is_given_up(
    scripted: QuarryClient, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(following, "FIRST_EVENT_SECONDS", 0.1)

    def held_back(request: Request) -> Response:
        def nothing() -> Iterator[bytes]:
            yield b":"
            time.sleep(seconds)

        return Response(nothing(), content_type="text/event-stream")

    httpserver.expect_request(EVENTS).respond_with_handler(held_back)
    httpserver.expect_request(JOB).respond_with_json(job_json(status="completed"))

    assert scripted.wait("job_1").completed


def test_a_server_that_is_away_is_told_of_and_waited_for(scripted: QuarryClient, httpserver: HTTPServer) -> None:
    heard: list[QuarryError] = []
    httpserver.expect_oneshot_request(EVENTS).respond_with_response(stream(("state", job_json(status="active"))))
    httpserver.expect_request(EVENTS).respond_with_data("", 404)
    httpserver.expect_oneshot_request(JOB).respond_with_data("<html>", 502)
    httpserver.expect_request(JOB).respond_with_json(job_json(status="completed"))

    *_, last = scripted.follow("job_1", on_outage=heard.append)

    assert last.completed
    assert [error.status for error in heard] == [502]


def test_nobody_waits_for_ever_for_a_server_that_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "PATIENCE_SECONDS", 0.05)

    with QuarryClient("http://127.0.0.1:9", "token") as lost, pytest.raises(NotReachable, match="refused"):
        lost.wait("job_1")


def test_the_timeout_holds_while_a_stream_is_open_and_nothing_happens(live_quarry: QuarryClient) -> None:
    job = live_quarry.enqueue("diag-noop")
    began = time.monotonic()

    with pytest.raises(JobNotFinished, match="has not ended within 1 s; it is waiting") as caught:
        live_quarry.wait(job, timeout=1)

    assert 1 <= time.monotonic() - began < 10
    assert caught.value.job is not None


@pytest.mark.parametrize(
    ("status", "code", "kind"), [(404, "not_found", NotFound), (401, "not_authenticated", NotAuthenticated)]
)
def test_what_waiting_cannot_mend_ends_it(
    scripted: QuarryClient, httpserver: HTTPServer, status: int, code: str, kind: type
) -> None:
    for path in (EVENTS, JOB):
        httpserver.expect_request(path).respond_with_json({"error": {"code": code, "message": "No."}}, status)

    with pytest.raises(kind):
        scripted.wait("job_1")
