"""A scheduler while Redis or PostgreSQL is away: it lives on, and what is due fires once."""

from datetime import timedelta

from django.db.models.functions import Now

from jobs.models import Job
from jobs.schedules import registration
from jobs.schedules.models import Schedule, ScheduleFire, SchedulerProcess

from .processes import Process, eventually
from .world import World, forget_what_this_process_knows


def scheduler(world: World) -> Process:
    started = Process(world, ["manage.py", "rqscheduler"])
    eventually(
        lambda: SchedulerProcess.objects.filter(pid=started.pid, active=True).exists(), what="an active scheduler"
    )
    return started


def due_in(seconds: float) -> None:
    Schedule.objects.filter(name="ucc-daily").update(next_fire_at=Now() + timedelta(seconds=seconds))


def fires() -> list[str]:
    found = ScheduleFire.objects.filter(schedule__name="ucc-daily").order_by("fire_time")
    return list(found.values_list("outcome", flat=True))


def test_schedules_fire_without_redis_and_through_a_restart_of_postgres(world: World) -> None:
    registration.sync()
    process = scheduler(world)

    world.kill_redis()
    due_in(0)
    eventually(lambda: fires() == ["fired"], what="a fire without Redis")
    assert Job.objects.filter(type="ucc-ingestion", status="waiting").count() == 10
    world.start_redis()
    with world.redis() as redis:
        wanted = Schedule.objects.filter(next_fire_at__isnull=False).count()
        eventually(lambda: redis.zcard("rq:scheduler:scheduled_jobs") == wanted, what="the entries in the new Redis")

    due_in(2)
    assert fires() == ["fired"]
    world.stop_postgres()
    forget_what_this_process_knows()
    assert process.alive
    world.start_postgres()
    eventually(lambda: len(fires()) == 2, what="a fire after PostgreSQL's restart")

    assert set(fires()) == {"fired"}
    assert process.alive
    process.terminate()
    assert process.exit_status(seconds=30) == 0
