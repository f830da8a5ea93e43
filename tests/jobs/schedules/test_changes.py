"""What operators do to a schedule: audited, and kept apart from what is declared."""

import pytest

from jobs.models import Job
from jobs.schedules import changes
from jobs.schedules.declarations import Occurrence, Submission
from jobs.schedules.models import ScheduleFire
from jobs.schedules.registration import database_now

from .conftest import BY, NewSchedule, audited, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis_clean")]


def test_run_now_makes_jobs_of_its_own_each_time_and_leaves_the_next_time_alone(declare: NewSchedule) -> None:
    before = declare("nightly").next_fire_at

    first = changes.run(name="nightly", by=BY)
    second = changes.run(name="nightly", by=BY)

    assert (first.jobs, first.duplicates, second.duplicates) == (2, 0, 0)
    assert Job.objects.count() == 4
    assert (first.trigger, first.by) == ("manual", "system")
    assert row().next_fire_at == before
    assert audited() == [("schedule.run", "nightly", "ok")] * 2


def test_a_run_that_fails_stores_no_job_and_is_audited(declare: NewSchedule) -> None:
    def fan_out(occurrence: Occurrence) -> list[Submission]:
        raise LookupError("no companies")

    declare("nightly", fan_out)

    with pytest.raises(changes.FanOutFailed, match="no companies"):
        changes.run(name="nightly", by=BY)

    assert audited() == [("schedule.run", "nightly", "failed")]
    assert not ScheduleFire.objects.exists()


def test_paused_it_misses_nothing_and_resumed_it_waits_for_its_next_time(declare: NewSchedule) -> None:
    declare("nightly", cron="* * * * *")

    assert changes.pause(name="nightly", by=BY)
    assert not changes.pause(name="nightly", by=BY)
    assert (row().next_fire_at, row().paused_by) == (None, "system")
    assert changes.resume(name="nightly", by=BY)
    assert not changes.resume(name="nightly", by=BY)

    coming = row().next_fire_at
    assert coming is not None
    assert coming > database_now()
    assert audited() == [("schedule.pause", "nightly", "ok"), ("schedule.resume", "nightly", "ok")]
