"""The faults: each does its harm, lets it last, and takes back what does not heal by itself."""

import os
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from jobs.models import Job
from jobs.ready import ready_key
from tests.skewed_clock import ahead_by
from tests.survival.processes import Process, children, descendants, kill

from .town import LEASE_SECONDS, Town

Harm = Callable[[Town, random.Random], None]
_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Fault:
    """name: as the report calls it. weight: how often it is chosen. stops_web: the web server stands still."""

    name: str
    harm: Harm
    weight: int = 2
    stops_web: bool = False


# --- Processes ------------------------------------------------------------------------------------
def kill_worker_tree(town: Town, chance: random.Random) -> None:
    chance.choice(town.workers()).kill_tree()


def kill_worker_parent(town: Town, chance: random.Random) -> None:
    chance.choice(town.workers()).kill()


def kill_work_process(town: Town, chance: random.Random) -> None:
    """One of all there are; where there is none, the first that comes."""
    while not (there := _work_processes(town)):
        town.pass_time(0.1)
    kill(chance.choice(there))


def _work_processes(town: Town) -> list[int]:
    return [pid for worker in town.workers() for zygote in children(worker.pid) for pid in children(zygote)]


def stop_worker(town: Town, chance: random.Random) -> None:
    worker = chance.choice(town.workers())
    worker.terminate()
    if chance.random() < 0.3:
        town.pass_time(0.5)
        worker.terminate()


def freeze_worker(town: Town, chance: random.Random) -> None:
    """Longer than its lease: others take its jobs over, and what it still holds must not be committed."""
    _frozen(town, chance.choice(town.workers()), LEASE_SECONDS + chance.uniform(2, 6))


def kill_web(town: Town, chance: random.Random) -> None:
    town.parts["web"].kill_tree()


def kill_web_process(town: Town, chance: random.Random) -> None:
    for pid in children(town.parts["web"].pid)[:1]:
        kill(pid)


def stop_web(town: Town, chance: random.Random) -> None:
    town.parts["web"].terminate()


def kill_scheduler(town: Town, chance: random.Random) -> None:
    chance.choice(town.schedulers()).kill_tree()


def skewed_worker(town: Town, chance: random.Random) -> None:
    """One worker more, whose clock is wrong, for a while."""
    worker = town.worker("-c", ahead_by(chance.choice([-24, -1, 1, 24]) * _HOUR))
    town.pass_time(chance.uniform(8, 15))
    worker.terminate()
    worker.exit_status(seconds=60)


# --- Redis ----------------------------------------------------------------------------------------
def kill_redis(town: Town, chance: random.Random) -> None:
    town.world.kill_redis()
    town.pass_time(chance.uniform(1, 10))
    town.world.start_redis()


def flush_redis(town: Town, chance: random.Random) -> None:
    with town.world.redis() as client:
        client.flushall()


def freeze_redis(town: Town, chance: random.Random) -> None:
    town.world.signal_redis(signal.SIGSTOP)
    town.pass_time(chance.uniform(3, 12))
    town.world.signal_redis(signal.SIGCONT)


def deliver_again(town: Town, chance: random.Random) -> None:
    """Messages of the newest jobs, whatever became of them, put both where we and where RQ would look."""
    newest = Job.objects.filter(queue="scoring").order_by("-id").values_list("id", flat=True)[:50]
    members = [str(number) for number in newest]
    with town.world.redis() as client:
        for turn, member in enumerate(members):
            client.zadd(ready_key("scoring"), {member: turn})
            client.rpush("rq:queue:scoring", member)


def garbage_in_redis(town: Town, chance: random.Random) -> None:
    garbage: dict[Any, float] = {b"\x80\x05K*.": 0, "": 1, "not-a-number": 2}
    with town.world.redis() as client:
        client.zadd(ready_key("scoring"), garbage)
        client.rpush("rq:queue:scoring", "deadbeef", "")
        client.hset("rq:job:nobody", "data", b"\x80\x05K*.")


def cut_redis(town: Town, chance: random.Random) -> None:
    with town.world.redis() as client:
        client.client_kill_filter(_type="normal", skipme=True)
        client.client_kill_filter(_type="pubsub", skipme=True)


# --- PostgreSQL -----------------------------------------------------------------------------------
def restart_postgres(town: Town, chance: random.Random) -> None:
    town.world.stop_postgres()
    town.world.start_postgres()


def crash_postgres(town: Town, chance: random.Random) -> None:
    town.world.kill_postgres()
    town.world.start_postgres()


def postgres_away(town: Town, chance: random.Random) -> None:
    town.world.stop_postgres()
    town.pass_time(chance.uniform(5, 15))
    town.world.start_postgres()


def cut_postgres(town: Town, chance: random.Random) -> None:
    with psycopg.connect(town.world.postgres.url, autocommit=True) as direct:
        direct.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")


# --- Several at once ------------------------------------------------------------------------------
def freeze_in_turn(town: Town, chance: random.Random) -> None:
    """Worker, web and Redis stand still one after another and go on in another order."""
    stopped: list[Callable[[], None]] = []
    for part in (chance.choice(town.workers()), town.parts["web"]):
        _signal_tree(part, signal.SIGSTOP)
        stopped.append(lambda part=part: _signal_tree(part, signal.SIGCONT))
        town.pass_time(chance.uniform(0.2, 1))
    town.world.signal_redis(signal.SIGSTOP)
    stopped.append(lambda: town.world.signal_redis(signal.SIGCONT))
    chance.shuffle(stopped)
    for go_on in stopped:
        town.pass_time(chance.uniform(1, 4))
        go_on()


def _frozen(town: Town, part: Process, seconds: float) -> None:
    _signal_tree(part, signal.SIGSTOP)
    town.pass_time(seconds)
    _signal_tree(part, signal.SIGCONT)


def _signal_tree(part: Process, number: signal.Signals) -> None:
    for pid in (part.pid, *descendants(part.pid)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


FAULTS = (
    Fault(name="worker and all under it killed", harm=kill_worker_tree, weight=4),
    Fault(name="worker parent killed", harm=kill_worker_parent),
    Fault(name="work process killed", harm=kill_work_process, weight=3),
    Fault(name="worker stopped (SIGTERM, at times twice)", harm=stop_worker, weight=3),
    Fault(name="worker frozen beyond its lease", harm=freeze_worker, weight=3),
    Fault(name="a worker with a wrong clock joins", harm=skewed_worker),
    Fault(name="web server killed", harm=kill_web),
    Fault(name="one web process killed", harm=kill_web_process),
    Fault(name="web server stopped", harm=stop_web, weight=1),
    Fault(name="scheduler killed", harm=kill_scheduler),
    Fault(name="Redis killed, restarted empty", harm=kill_redis, weight=3),
    Fault(name="Redis flushed", harm=flush_redis, weight=3),
    Fault(name="Redis frozen", harm=freeze_redis),
    Fault(name="messages delivered again", harm=deliver_again),
    Fault(name="garbage in Redis", harm=garbage_in_redis, weight=1),
    Fault(name="connections to Redis cut", harm=cut_redis),
    Fault(name="PostgreSQL restarted", harm=restart_postgres),
    Fault(name="PostgreSQL crashed", harm=crash_postgres),
    Fault(name="PostgreSQL away", harm=postgres_away, weight=1),
    Fault(name="connections to PostgreSQL cut", harm=cut_postgres, weight=3),
    Fault(name="worker, web and Redis frozen in turn", harm=freeze_in_turn, weight=1, stops_web=True),
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a run is tormented with. seconds: how long; times: how many faults instead, where it is given."""

    faults: Sequence[Fault] = FAULTS
    pause_seconds: tuple[float, float] = (1.0, 8.0)
    seconds: float = 600.0
    times: int | None = None


def fault_named(name: str) -> Fault:
    """The fault whose name starts so, in any case. Raises ValueError that names all there are."""
    fitting = [one for one in FAULTS if one.name.casefold().startswith(name.strip().casefold())]
    exact = [one for one in fitting if one.name.casefold() == name.strip().casefold()]
    if len(exact or fitting) == 1:
        return (exact or fitting)[0]
    problem = "is the beginning of several faults" if fitting else "is no fault"
    known = "".join(f"\n  {one.name}" for one in fitting or FAULTS)
    raise ValueError(f"{name!r} {problem}; choose one of{known}")
