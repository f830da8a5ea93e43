"""Redis gone, frozen, empty, full, or set to evict: jobs are accepted meanwhile and run afterwards."""

import signal
import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jobs.models import Job

from .conftest import Measure
from .ledger import assert_all_well, await_active, await_ended, effects, number
from .processes import WorkerProcess, eventually
from .world import World


def longest_enqueue(ids: list[str], count: int = 10) -> float:
    """Seconds that the slowest of `count` single enqueues took; their ids are added to `ids`."""
    longest = 0.0
    for _ in range(count):
        at = time.monotonic()
        ids += effects(1, queue="scoring")
        longest = max(longest, time.monotonic() - at)
    return longest


def test_an_emptied_redis_gets_back_what_waits_while_running_jobs_run_on(world: World, measured: Measure) -> None:
    worker = WorkerProcess(world, "scoring")
    running = effects(10, ms=6000, queue="scoring")
    await_active(running)
    waiting = effects(1000, queue="scoring")
    with world.redis() as client:
        assert client.zcard("quarry:ready:scoring") == 1000
        client.flushall()
        at = time.monotonic()
        eventually(lambda: client.zcard("quarry:ready:scoring") == 1000, seconds=30)
    measured(window_back_after=time.monotonic() - at)

    ids = [*running, *waiting]
    await_ended(ids)
    measured(all_ended_after=time.monotonic() - at)
    assert_all_well(ids)
    assert set(Job.objects.values_list("run", flat=True)) == {1}
    with world.redis() as client:
        eventually(lambda: client.exists(f"rq:worker:{worker.name}") == 1, seconds=10, what="registered with RQ again")


def test_a_redis_that_dies_and_comes_back_empty_costs_nothing(world: World, measured: Measure) -> None:
    worker = WorkerProcess(world, "scoring")
    running = effects(10, ms=4000, queue="scoring")
    await_active(running)
    waiting = effects(50, ms=20, queue="scoring")

    world.kill_redis()
    measured(slowest_enqueue=longest_enqueue(waiting, 20))
    assert number(waiting, "completed") == 0
    await_ended(running)
    world.start_redis()
    at = time.monotonic()

    await_ended([*running, *waiting])
    measured(all_ended_after=time.monotonic() - at, jobs=len(waiting))
    assert_all_well([*running, *waiting])
    assert worker.alive


def test_a_frozen_redis_delays_callers_less_than_a_second_and_loses_no_worker(world: World, measured: Measure) -> None:
    worker = WorkerProcess(world, "scoring")
    ids = effects(5, ms=1500, queue="scoring")
    await_active(ids)

    world.signal_redis(signal.SIGSTOP)
    slowest = longest_enqueue(ids, 20)
    measured(slowest_enqueue=slowest)
    assert slowest < 1
    # Long enough for the worker's blocking call to run into its own limit.
    await_ended(ids[:5])
    eventually(lambda: worker.log.count("Redis is unreachable") > 0, seconds=20)
    world.signal_redis(signal.SIGCONT)
    at = time.monotonic()

    await_ended(ids)
    measured(all_ended_after=time.monotonic() - at)
    assert_all_well(ids)
    assert worker.alive


def test_a_full_redis_accepts_no_message_but_every_job_and_drains_by_itself(world: World, measured: Measure) -> None:
    ids = effects(300, queue="scoring")
    # Below what is used: buffers of connections come and go, and must not make room.
    world.configure_redis(maxmemory=str(world.redis_info("memory", "used_memory") - 30_000))
    late = effects(50, queue="scoring")
    with world.redis() as client:
        assert client.zcard("quarry:ready:scoring") == 300

    # Started while it is full, as after a crash.
    worker = WorkerProcess(world, "scoring")
    at = time.monotonic()
    await_ended(ids)
    measured(drained_after=time.monotonic() - at)
    assert worker.alive
    # What drained made room.
    await_ended(late)
    assert_all_well([*ids, *late])


def test_an_evicting_redis_fails_readiness_with_the_cure_and_still_loses_nothing(
    world: World, measured: Measure
) -> None:
    # As in production, where it is a probe that asks.
    answer = Client().get("/readyz")
    assert answer.status_code == 200, answer.content
    world.configure_redis(maxmemory_policy="allkeys-lru")

    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert b"Set it to noeviction" in answer.content

    before = world.redis_info("stats", "evicted_keys")
    world.configure_redis(maxmemory=str(world.redis_info("memory", "used_memory") + 400_000))
    ids = effects(1500, queue="scoring")
    WorkerProcess(world, "scoring")
    eventually(lambda: world.redis_info("stats", "evicted_keys") > before)
    evicted = world.redis_info("stats", "evicted_keys") - before
    world.configure_redis(maxmemory_policy="noeviction", maxmemory="0")
    at = time.monotonic()
    await_ended(ids)
    measured(evicted=evicted, all_ended_after=time.monotonic() - at)
    assert_all_well(ids)
    assert Client().get("/readyz").status_code == 200


def test_a_message_delivered_a_hundred_times_runs_once(world: World) -> None:
    for _ in range(2):
        WorkerProcess(world, "scoring", "signals")
    (public_id,) = effects(1, ms=500, queue="scoring")
    member = str(Job.objects.get(public_id=public_id).pk)
    with world.redis() as client:
        for turn in range(100):
            # Every other one as RQ's own tools push it: to the list.
            if turn % 2:
                client.rpush("rq:queue:scoring", member, member)
            client.zadd("quarry:ready:scoring", {member: turn})
            eventually(
                lambda: not client.exists("quarry:ready:scoring") and not client.exists("rq:queue:scoring"), seconds=20
            )
    await_ended([public_id])
    assert_all_well([public_id])
    assert Job.objects.get().run == 1


def test_garbage_in_redis_is_dropped_and_harms_no_job(world: World) -> None:
    worker = WorkerProcess(world, "scoring")
    with world.redis() as client:
        garbage: dict[Any, float] = {b"\x80\x04os.system": 0, "999999999999": 1, "-1": 2, "x" * 5000: 3}
        client.zadd("quarry:ready:scoring", garbage)
        client.set("rq:queue:signals", "not a list")
        client.rpush("rq:queue:scoring", "deadbeef", "")
    ids = effects(20, queue="scoring")

    await_ended(ids)
    assert_all_well(ids)
    with world.redis() as client:
        assert (client.zcard("quarry:ready:scoring"), client.exists("rq:queue:scoring")) == (0, 0)
    assert worker.alive


@pytest.mark.parametrize("number_of_workers", [2])
def test_redis_and_postgres_restarts_while_jobs_wait_need_no_hands(world: World, number_of_workers: int) -> None:
    workers = [WorkerProcess(world, "scoring") for _ in range(number_of_workers)]
    ids = effects(120, ms=300, queue="scoring")
    eventually(lambda: number(ids, "completed") > 10)
    world.kill_redis()
    world.start_redis()
    eventually(lambda: number(ids, "completed") > 40)
    world.stop_postgres()
    connection.close()
    world.start_postgres()

    await_ended(ids)
    assert_all_well(ids)
    assert all(worker.alive for worker in workers)


def test_enqueueing_threads_share_the_wait_for_a_frozen_redis(world: World, measured: Measure) -> None:
    """Many callers at once must not queue up behind each other's timeouts."""
    world.signal_redis(signal.SIGSTOP)
    ids: list[str] = []
    took: list[float] = []

    def call() -> None:
        mine: list[str] = []
        took.append(longest_enqueue(mine, 2))
        ids.extend(mine)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    measured(callers=8, slowest_enqueue=max(took))
    assert max(took) < 2
    world.signal_redis(signal.SIGCONT)
    WorkerProcess(world, "scoring")
    await_ended(ids)
    assert_all_well(ids)
