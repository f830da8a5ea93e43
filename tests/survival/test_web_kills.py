"""kill -9 of the web server inside a POST: the client asks again with the same key, and one job runs once."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import connection

from accounts import tokens
from accounts.models import Organisation
from accounts.roles import Role
from deploy.local.ports import free_port
from jobs.models import DiagnosticEffect, Job

from .conftest import Measure
from .ledger import assert_all_well, await_ended
from .processes import WorkerProcess, eventually
from .web import Web
from .world import World


class Caller(threading.Thread):
    """A client inside a POST; `status` is None when the connection broke before the answer."""

    def __init__(self, web: Web, body: object, token: str) -> None:
        super().__init__(daemon=True)
        self._web, self._body, self._token = web, body, token
        self.status: int | None = None
        self.start()

    def run(self) -> None:
        try:
            self.status = self._web.request("POST", "/api/jobs", self._body, token=self._token)[0]
        except (OSError, http.client.HTTPException):
            self.status = None


@pytest.fixture
def token(world: World) -> Iterator[str]:
    organisation = Organisation.objects.create(slug="survivors", name="Survivors")
    _, secret = tokens.issue(user=None, organisation=organisation, name="robot", role=Role.MEMBER, is_service=True)
    yield secret
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_organisation CASCADE")


def order(key: str) -> dict[str, object]:
    return {"type": "diag-effect", "data": {"key": key}, "options": {"jobId": key, "queue": "scoring"}}


def test_a_post_cut_before_its_commit_stores_nothing_and_its_repetition_one_job(world: World, token: str) -> None:
    port = free_port()
    web = Web(world, port)
    keys = [f"before-{turn}" for turn in range(3)]
    for key in keys:
        # Nobody can insert while this transaction has the table, so the POST is in its middle.
        with hold_jobs_table(world):
            caller = Caller(web, order(key), token)
            eventually(waiting_for_the_table, seconds=20)
            web.kill_tree()
            caller.join(20)
            assert caller.status is None
        web = Web(world, port)
        assert web.request("POST", "/api/jobs", order(key), token=token)[0] == 202
    WorkerProcess(world, "scoring")

    await_ended(keys)
    assert_all_well(keys)
    assert Job.objects.count() == DiagnosticEffect.objects.count() == len(keys)


def test_a_post_cut_between_commit_and_answer_is_one_job_however_often_repeated(world: World, token: str) -> None:
    port = free_port()
    web = Web(world, port)
    keys = [f"after-{turn}" for turn in range(3)]
    for key in keys:
        # The job is committed, and the request waits for a Redis that does not answer.
        world.signal_redis(signal.SIGSTOP)
        caller = Caller(web, order(key), token)
        eventually(lambda key=key: Job.objects.filter(public_id=key).exists(), seconds=20)
        web.kill_tree()
        caller.join(20)
        world.signal_redis(signal.SIGCONT)
        web = Web(world, port)
        statuses = [web.request("POST", "/api/jobs", order(key), token=token)[0] for _ in range(3)]
        assert set(statuses) <= {200, 202}, statuses
    WorkerProcess(world, "scoring")

    await_ended(keys)
    assert_all_well(keys)
    assert Job.objects.count() == DiagnosticEffect.objects.count() == len(keys)


def test_the_web_answers_202_without_redis_and_503_with_a_time_to_wait_without_postgres(
    world: World, token: str, measured: Measure
) -> None:
    web = Web(world, free_port())
    world.signal_redis(signal.SIGSTOP)
    at = time.monotonic()
    assert web.request("POST", "/api/jobs", order("frozen-redis"), token=token)[0] == 202
    measured(frozen_redis_seconds=time.monotonic() - at)
    world.kill_redis()
    assert web.request("POST", "/api/jobs", order("no-redis"), token=token)[0] == 202
    world.start_redis()

    world.stop_postgres()
    connection.close()
    at = time.monotonic()
    status, headers = web.request("POST", "/api/jobs", order("no-postgres"), token=token)
    measured(no_postgres_seconds=time.monotonic() - at)
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    world.start_postgres()
    WorkerProcess(world, "scoring")

    await_ended(["frozen-redis", "no-redis"])
    assert_all_well(["frozen-redis", "no-redis"])
    assert not Job.objects.filter(public_id="no-postgres").exists()
    assert web.request("POST", "/api/jobs", order("no-postgres"), token=token)[0] == 202
    await_ended(["no-postgres"])
    assert os.path.exists(f"/proc/{web.pid}")


def hold_jobs_table(world: World) -> "Held":
    return Held(world)


class Held:
    """A transaction of its own that has jobs_job locked."""

    def __init__(self, world: World) -> None:
        import psycopg

        self._connection = psycopg.connect(world.postgres.url)

    def __enter__(self) -> None:
        self._connection.execute("LOCK TABLE jobs_job IN SHARE ROW EXCLUSIVE MODE")

    def __exit__(self, *error: object) -> None:
        self._connection.rollback()
        self._connection.close()


def waiting_for_the_table() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'jobs_job'::regclass")
        return bool(cursor.fetchone()[0])
