"""`manage.py rqscheduler`: two of them, killed, restarted, with wrong clocks, on an emptied Redis."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings

from jobs.models import Job
from jobs.schedules import firing, heartbeat
from jobs.schedules.models import Schedule, ScheduleFire
from jobs.schedules.registration import database_now
from jobs.schedules.rq_clock import RowScheduler

from .processes import ROOT, SchedulerUnderTest, due_in, eventually, lateness, register

LOCK = RowScheduler.scheduler_lock_key
ENTRIES = RowScheduler.scheduled_jobs_key
#: Schedulers that die by their own hand, which no signal from outside could time so well.
KILLED_WHEN = {
    "its jobs are stored and not committed": """
import os, django; django.setup()
from jobs.schedules import firing
enqueue = firing._enqueue
firing._enqueue = lambda *given: (enqueue(*given), os.kill(os.getpid(), 9))
firing.fire_due()
""",
    "all is committed and Redis knows nothing of it": """
import os, django; django.setup()
from jobs import dispatch
from jobs.schedules import firing
dispatch.publish = lambda jobs: os.kill(os.getpid(), 9)
firing.fire_due()
""",
}
NewScheduler = Callable[..., SchedulerUnderTest]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def start(process_env: dict[str, str], tmp_path: Path) -> Iterator[NewScheduler]:
    started: list[SchedulerUnderTest] = []
    register()

    def new(*, clock_hours: float = 0, **more: str) -> SchedulerUnderTest:
        started.append(SchedulerUnderTest(process_env, tmp_path, clock_hours=clock_hours, **more))
        return started[-1]

    yield new
    for one in started:
        one.destroy()


def fired() -> list[tuple[str, int, int]]:
    rows = ScheduleFire.objects.order_by("fire_time")
    return [(row.outcome, row.jobs, row.duplicates) for row in rows]


def test_of_two_schedulers_one_fires_and_when_it_is_killed_the_other_goes_on(start: NewScheduler) -> None:
    first = start().await_role("active")
    second = start().await_role("standby")

    due_in(1)
    eventually(lambda: fired() == [("fired", 10, 0)])
    assert Job.objects.count() == len(settings.UCC_STATES)
    assert lateness() < 5

    first.kill()
    due_in(0.1)
    eventually(lambda: len(fired()) == 2, seconds=30, what="failover")
    assert lateness() <= 15
    print("failover after kill -9:", round(lateness(), 1), "s")  # noqa: T201  what docs/operations.md quotes
    assert second.role == "active"
    assert Job.objects.filter(correlation_id__startswith="schedule:ucc-daily:").count() == Job.objects.count()


def test_it_leaves_in_order_and_what_was_missed_meanwhile_fires_once(
    start: NewScheduler, redis_clean: "redis.Redis"
) -> None:
    first = start(LOG_FORMAT="json").await_role("active")
    assert redis_clean.get(LOCK)

    assert first.stop() == 0
    assert redis_clean.get(LOCK) is None
    assert heartbeat.last_seen() is None
    assert [json.loads(line)["level"] for line in first.log.splitlines()] == ["INFO"] * 3
    missed = database_now() - timedelta(minutes=30)
    # Its own time, 02:00, may lie between then and now, and would fire instead.
    far_away = f"0 {(missed.hour + 12) % 24} * * *"
    Schedule.objects.filter(name="ucc-daily").update(edited_cron=far_away, next_fire_at=missed)

    start().await_role("active")
    eventually(lambda: fired() == [("fired", 10, 0)])
    assert ScheduleFire.objects.get().trigger == "catch-up"


def test_an_emptied_redis_and_strange_entries_cost_nothing(start: NewScheduler, redis_clean: "redis.Redis") -> None:
    scheduler = start().await_role("active")
    eventually(lambda: redis_clean.zcard(ENTRIES) == 1)

    redis_clean.flushall()
    redis_clean.zadd(ENTRIES, {"somebody-elses": 1, "schedule-gone": 1})
    redis_clean.hset("rq:job:schedule-ucc-daily", "data", b"\x80garbage")
    eventually(lambda: redis_clean.zrange(ENTRIES, 0, -1) == [b"schedule-ucc-daily"])
    eventually(lambda: redis_clean.get(LOCK))
    due_in(0.1)
    eventually(lambda: fired() == [("fired", 10, 0)])

    assert redis_clean.zrange(RowScheduler.quarantine_key, 0, -1) == [b"somebody-elses"]
    following = Schedule.objects.get(name="ucc-daily").next_fire_at
    assert following is not None
    eventually(lambda: redis_clean.zscore(ENTRIES, "schedule-ucc-daily") == following.timestamp())
    assert scheduler.role == "active"


def test_wrong_clocks_fire_at_postgress_time_and_once(start: NewScheduler) -> None:
    schedulers = [start(clock_hours=25), start(clock_hours=-25)]
    eventually(lambda: {one.role for one in schedulers} == {"active", "standby"}, seconds=60)

    due_in(2)
    eventually(lambda: fired() == [("fired", 10, 0)])

    assert 0 <= lateness() < 5
    assert all(one.role for one in schedulers)
    tomorrow = Schedule.objects.get(name="ucc-daily").next_fire_at
    assert tomorrow is not None
    assert timedelta(0) < tomorrow - database_now() <= timedelta(days=1)


@pytest.mark.parametrize(
    ("moment", "left_behind"),
    [("its jobs are stored and not committed", 0), ("all is committed and Redis knows nothing of it", 10)],
)
def test_killed_in_the_middle_of_a_fire_it_loses_and_doubles_nothing(
    process_env: dict[str, str], moment: str, left_behind: int
) -> None:
    register()
    due_in(0)

    died = subprocess.run([sys.executable, "-c", KILLED_WHEN[moment]], env=process_env, cwd=ROOT, check=False)

    assert died.returncode == -signal.SIGKILL
    assert Job.objects.count() == left_behind
    firing.fire_due()
    assert fired() == [("fired", 10, 0)]
    assert Job.objects.count() == 10
