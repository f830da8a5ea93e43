"""Streams as one reader sees them, driven by a thread as under any WSGI server."""

import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.callers import system_caller
from jobs import actions, queues
from jobs.actions import enqueue
from jobs.events import opening, reading, streams
from jobs.events.reading import Position, Wanted
from jobs.events.registry import registry
from jobs.events.subscription import Subscription
from jobs.events.tail import Batch
from jobs.execution import run
from jobs.handle import JobHandle
from jobs.models import Job
from jobs.submission import Options

from .conftest import NewClient, frames, meanwhile, revoke

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

SYSTEM = system_caller()


def submit(type_name: str = "diag-noop", **data: Any) -> JobHandle:
    return enqueue(type=type_name, data=data, options=Options(queue="scoring"))


def stream(client: APIClient, path: str, **headers: str) -> Any:
    answer: Any = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content
    return frames(answer.streaming_content)


def test_a_listener_hears_the_state_then_all_that_happens_and_then_the_end(admin: APIClient) -> None:
    handle = submit("diag-progress", steps=1, ms=0)
    heard = stream(admin, f"/api/jobs/{handle.id}/events")
    first = next(heard)

    with meanwhile(lambda: run(handle.key)):
        rest = list(heard)

    assert (first.event, first.data["status"]) == ("state", "waiting")
    assert [frame.event for frame in rest] == ["active", "progress", "progress", "completed"]
    assert rest[-1].data["result"] == {"steps": 1}
    assert len(registry()) == 0


def test_a_listener_who_comes_late_hears_how_it_ended(admin: APIClient) -> None:
    handle = submit()
    run(handle.key)

    heard = list(stream(admin, f"/api/jobs/{handle.id}/events"))

    assert [frame.event for frame in heard] == ["state", "completed"]
    assert heard[0].data["status"] == "completed"


@pytest.mark.parametrize("by_header", [True, False])
def test_a_reader_who_was_cut_off_goes_on_after_the_last_event_it_has(admin: APIClient, by_header: bool) -> None:
    handle = submit("diag-progress", steps=3, ms=0)
    run(handle.key)
    path = f"/api/jobs/{handle.id}/events"
    everything = list(stream(admin, f"{path}?lastEventId=0"))[1:]
    ids = [frame.id for frame in everything]

    for place, last in enumerate(ids[:-1]):
        if by_header:
            heard = list(stream(admin, path, **{"Last-Event-ID": str(last)}))
        else:
            heard = list(stream(admin, f"{path}?lastEventId={last}"))
        assert heard[1:] == everything[place + 1 :]
    assert admin.get(f"{path}?lastEventId={ids[-1]}").status_code == 204


def test_a_job_with_more_events_than_one_stream_tells_is_resumed_to_its_end(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_MISSED", 4)
    handle = submit("diag-progress", steps=8, ms=0)
    run(handle.key)
    last = "0"
    told: list[Any] = []

    while not told or told[-1].event != "completed":
        *heard, end = list(stream(admin, f"/api/jobs/{handle.id}/events?lastEventId={last}"))[1:]
        told += heard if end.event == "reconnect" else [*heard, end]
        last = told[-1].id

    assert len(told) == 12
    assert [int(frame.id) for frame in told] == sorted({int(frame.id) for frame in told})


def test_a_removed_job_ends_its_streams(admin: APIClient) -> None:
    handle = submit()
    heard = stream(admin, f"/api/jobs/{handle.id}/events")
    next(heard)

    with meanwhile(lambda: actions.remove(jobs=[handle.job()], by=SYSTEM)):
        assert [frame.event for frame in heard] == ["removed"]


def test_a_queue_is_resumed_from_its_position_without_loss(admin: APIClient) -> None:
    path = "/api/queues/scoring/events"
    answer: Any = admin.get(path)
    position = next(answer.streaming_content).rpartition(b"id: ")[2].strip().decode()
    answer.close()
    handle = submit()
    run(handle.key)

    heard = stream(admin, path, **{"Last-Event-ID": position})
    missed = [next(heard) for _ in range(4)]
    with meanwhile(lambda: queues.pause(queue="scoring", by=SYSTEM)):
        live = next(heard)
    heard.close()

    assert [frame.event for frame in missed] == ["state", "waiting", "active", "completed"]
    assert [frame.id for frame in missed[1:3]] == [position, position]
    assert Position.parse(missed[3].id).sees(Position.parse(position).xmax)
    assert live.event == "paused"


def test_a_reader_who_missed_too_much_is_told_that_there_is_a_gap(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_MISSED", 2)
    start = reading.position_now()
    submit(), submit(), submit()

    heard = stream(admin, "/api/queues/scoring/events", **{"Last-Event-ID": start.text})

    assert [next(heard).event for _ in range(2)] == ["state", "gap"]


def test_what_others_do_is_not_heard(client_of: NewClient) -> None:
    ana, bob = client_of("ana@example.com"), client_of("bob@example.com")
    body = {"type": "diag-noop", "data": {}, "options": {"queue": "scoring", "jobId": "of-ana"}}
    heard_by = {client: stream(client, "/api/queues/scoring/events") for client in (ana, bob)}
    for heard in heard_by.values():
        next(heard)

    assert ana.post("/api/jobs", body, format="json").status_code == 202
    queues.pause(queue="scoring", by=SYSTEM)

    assert [next(heard_by[ana]).event for _ in range(2)] == ["waiting", "paused"]
    assert next(heard_by[bob]).event == "paused"
    assert bob.get("/api/jobs/of-ana/events").status_code == 404
    unknown = bob.get("/api/jobs/unknown/events")
    assert bob.get("/api/jobs/of-ana/events").content == unknown.content


def test_a_silent_stream_shows_that_it_is_alive(admin: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.05)
    heard = stream(admin, "/api/queues/scoring/events")

    assert [next(heard).event for _ in range(3)] == ["state", "heartbeat", "heartbeat"]


def test_a_revoked_token_ends_its_streams(client_of: NewClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr("jobs.events.welcome.HOLDS_SECONDS", 0.02)
    client = client_of("ana@example.com")
    heard = stream(client, "/api/queues/scoring/events")
    next(heard)

    with meanwhile(lambda: revoke(client)):
        (last,) = heard

    assert last.event == "reconnect"
    assert client.get("/api/queues/scoring/events").status_code == 401


def test_a_signed_out_session_ends_its_streams(client_of: NewClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECHECK_SECONDS", 0.05)
    monkeypatch.setattr("jobs.events.welcome.HOLDS_SECONDS", 0.02)
    user = client_of("ana@example.com").user  # type: ignore[attr-defined]
    browser = APIClient()
    browser.force_login(user)
    heard = stream(browser, "/api/queues/scoring/events")
    next(heard)
    time.sleep(0.2)  # looked at several times meanwhile, and still welcome

    with meanwhile(browser.logout):
        (last,) = heard

    assert last.event == "reconnect"


def test_a_caller_has_so_many_streams_and_no_more(client_of: NewClient, settings: Any) -> None:
    settings.STREAMS_PER_CALLER = 2
    ana, bob = client_of("ana@example.com"), client_of("bob@example.com")
    opened = [ana.get("/api/queues/scoring/events") for _ in range(2)]

    refused = ana.get("/api/queues/scoring/events")
    others = bob.get("/api/queues/scoring/events")
    opened[0].close()
    again = ana.get("/api/queues/scoring/events")

    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "too_many_requests"
    assert int(refused.headers["Retry-After"]) > 0
    assert (others.status_code, again.status_code) == (200, 200)


def test_a_full_server_says_so(admin: APIClient, settings: Any) -> None:
    settings.STREAMS_PER_PROCESS = 1
    admin.get("/api/queues/scoring/events")

    assert admin.get("/api/queues/scoring/events").status_code == 503


def test_a_slow_reader_is_sent_away_with_the_place_to_resume(admin: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        opening, "Subscription", lambda wanted, *, heard: Subscription(wanted, heard=heard, most_waiting=3)
    )
    start = reading.position_now()
    heard = stream(admin, "/api/queues/scoring/events")
    next(heard)

    actions.enqueue_many(
        actions.Submission(type="diag-noop", data={}, options=Options(queue="scoring")) for _ in range(4)
    )
    rest = list(heard)
    monkeypatch.undo()
    caught_up = stream(admin, "/api/queues/scoring/events", **{"Last-Event-ID": start.text})

    assert [frame.event for frame in rest] == ["reconnect"]
    assert [next(caught_up).event for _ in range(5)] == ["state", *["waiting"] * 4]


def test_what_a_stream_has_told_already_is_not_told_by_its_subscription() -> None:
    before = reading.position_now()
    submit()
    now = reading.position_now()
    rows = reading.read_new(before, Wanted(everything=True)).rows
    subscription = Subscription(Wanted(everything=True), heard=lambda row: True)
    from jobs.events.shapes import told

    subscription.take(Batch(told(rows), before, now))
    subscription.begin_at(now)
    subscription.take(Batch(told(rows), before, now))

    assert subscription.empty() == []


def test_notices_name_what_changed_at_most_once_a_second(client_of: NewClient) -> None:
    ana, bob = client_of("ana@example.com"), client_of("bob@example.com")
    body = {"type": "diag-noop", "data": {}, "options": {"queue": "scoring", "jobId": "of-ana"}}
    ana.post("/api/jobs", body, format="json")
    topics = "?topics=queues,queue:scoring,queue:research,job:of-ana"
    of_ana, of_bob = stream(ana, f"/api/events{topics}"), stream(bob, f"/api/events{topics}")
    assert (next(of_ana).event, next(of_bob).event) == ("ready", "ready")

    at = time.monotonic()
    actions.cancel(jobs=[Job.objects.get()], by=SYSTEM)
    first = next(of_ana)
    queues.pause(queue="research", by=SYSTEM)
    second = next(of_ana)

    assert first.data == {"topics": ["job:of-ana", "queue:scoring", "queues"]}
    assert second.data == {"topics": ["queue:research", "queues"]}
    assert time.monotonic() - at >= 0.95
    assert next(of_bob).data == {"topics": ["queue:research", "queues"]}


@pytest.mark.parametrize("topics", ["", "nonsense", "queue:nope", "job:", "queues,what"])
def test_topics_that_mean_nothing_are_refused(admin: APIClient, topics: str) -> None:
    answer = admin.get("/api/events", {"topics": topics})

    assert answer.status_code == 400
    assert "topics" in answer.json()["error"]["fields"]


@pytest.mark.parametrize(
    ("path", "last"), [("jobs/x", "abc"), ("jobs/x", "-1"), ("jobs/x", "9" * 30), ("queues/scoring", "12")]
)
def test_a_place_that_is_none_is_refused(admin: APIClient, path: str, last: str) -> None:
    answer = admin.get(f"/api/{path}/events", headers={"Last-Event-ID": last})

    assert answer.status_code == 400
    assert "lastEventId" in answer.json()["error"]["fields"]
