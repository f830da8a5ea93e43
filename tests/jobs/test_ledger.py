"""The ledger's statements against real Postgres: one winner, a fence, exact counts."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction

from jobs import dispatch, execution, maintenance, outcomes
from jobs.actions import Submission, enqueue, enqueue_many
from jobs.errors import ClaimLost, InvalidInput
from jobs.ledger.claim import claim, renew
from jobs.ledger.rescue import rescue
from jobs.ledger.settle import settle
from jobs.models import Attempt, DiagnosticEffect, Event, Job
from jobs.running import RunningJob
from jobs.submission import Options
from jobs.testing import age, run_job
from jobs.views_of_state import all_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]


@pytest.fixture(autouse=True)
def redis_is_up() -> None:
    dispatch._silent_until = 0.0


def one(**options: object) -> Job:
    return enqueue(type="diag-noop", data={}, options=Options(queue="scoring", **options)).job()  # type: ignore[arg-type]


def test_a_job_enqueued_in_a_transaction_that_rolls_back_never_existed() -> None:
    with transaction.atomic():
        enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        transaction.set_rollback(True)

    assert not Job.objects.exists()
    assert not Event.objects.exists()
    from jobs import ready

    assert ready.sizes(["scoring"]) == {"scoring": 0}


def test_a_job_reaches_redis_only_when_its_transaction_commits() -> None:
    from jobs import ready

    with transaction.atomic():
        handle = enqueue(type="diag-noop", data={}, options=Options(queue="scoring"))
        assert ready.sizes(["scoring"]) == {"scoring": 0}

    assert ready.sizes(["scoring"]) == {"scoring": 1}
    assert handle.status == "waiting"


def test_one_of_many_simultaneous_claims_wins() -> None:
    job = one()
    won: list[int] = []
    barrier = threading.Barrier(8)

    def compete(number: int) -> None:
        barrier.wait()
        won.extend(item.run for item in claim([job.id], worker=f"w{number}"))
        connections.close_all()

    threads = [threading.Thread(target=compete, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert won == [1]
    assert Attempt.objects.filter(job=job).count() == 1


def test_a_run_that_lost_its_job_settles_nothing() -> None:
    job = one()
    (stale,) = claim([job.id], worker="first")
    Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
    rescue()
    (fresh,) = claim([job.id], worker="second")

    assert settle([outcomes.completed(stale, {"by": "first"})]) == {}
    assert (fresh.id, fresh.run) in settle([outcomes.completed(fresh, {"by": "second"})])
    job.refresh_from_db()
    assert (job.status, job.result, job.attempts_made) == ("completed", {"by": "second"}, 1)


def test_an_effect_of_a_run_that_lost_its_job_is_rolled_back() -> None:
    handle = enqueue(type="diag-effect", data={"key": "k", "ms": 0}, options=Options(queue="scoring"))
    (stale,) = claim([handle.key], worker="first")
    running = RunningJob(stale, execution.DirectReporter())
    Job.objects.filter(pk=handle.key).update(lease_until="2000-01-01T00:00:00Z")
    rescue()

    with pytest.raises(ClaimLost), running.completes():
        DiagnosticEffect.objects.create(job_id=handle.key, public_id=handle.id, attempt=1, key="k")

    assert not DiagnosticEffect.objects.exists()


def test_a_lost_worker_costs_no_attempt_and_the_job_runs_alone_next() -> None:
    job = one()
    claim([job.id], worker="gone")
    Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")

    rescue()

    job.refresh_from_db()
    assert (job.status, job.attempts_made, job.losses, job.isolated) == ("waiting", 0, 1, True)
    assert Attempt.objects.get(job=job).outcome == "worker_lost"


def test_more_than_ten_losses_make_a_job_dead() -> None:
    job = one()
    for _ in range(11):
        claim([job.id], worker="gone")
        Job.objects.filter(pk=job.pk).update(lease_until="2000-01-01T00:00:00Z")
        rescue()

    job.refresh_from_db()
    assert (job.status, job.losses) == ("dead", 11)


def test_a_lease_is_renewed_for_its_own_run_only() -> None:
    job = one()
    (mine,) = claim([job.id], worker="me")

    assert renew([(job.id, mine.run)], worker="me").held == {(job.id, mine.run)}
    assert renew([(job.id, mine.run + 1)], worker="me").held == frozenset()
    assert renew([(job.id, mine.run)], worker="other").held == frozenset()


def test_a_paused_queue_lets_no_claim_through() -> None:
    job = one()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_queuestate (queue, paused) VALUES ('scoring', true)")

    assert claim([job.id], worker="w") == []


def test_counts_stay_exact_while_they_are_folded() -> None:
    enqueue_many(Submission(type="diag-noop", data={}, options=Options(queue="scoring")) for _ in range(5))
    before = all_counts()["scoring"]
    maintenance.fold_counts()
    assert all_counts()["scoring"] == before

    execution.run(Job.objects.order_by("id").values_list("id", flat=True)[0])

    counts = all_counts()["scoring"]
    assert (counts["waiting"], counts["completed"]) == (4, 1)
    Job.objects.filter(status="completed").delete()
    assert all_counts()["scoring"]["completed"] == 0


def test_events_of_a_job_come_in_the_order_of_its_transitions() -> None:
    job = run_job("diag-progress", {"steps": 2}, options=Options(queue="scoring"))

    names = list(Event.objects.filter(job_id=job.pk).order_by("id").values_list("event", flat=True))
    assert names == ["waiting", "active", "progress", "progress", "progress", "completed"]


def test_the_database_refuses_states_that_cannot_be() -> None:
    job = one()
    for wrong in ({"status": "active"}, {"status": "completed"}, {"status": "odd"}, {"progress": 101}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Job.objects.filter(pk=job.pk).update(**wrong)


def test_a_repair_that_fails_keeps_none_of_the_others_from_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def breaks() -> None:
        raise ValueError("broken")

    rhythm = timedelta(0)
    monkeypatch.setattr(
        maintenance, "REPAIRS", (("breaks", rhythm, breaks), ("works", rhythm, lambda: done.append("works")))
    )
    maintenance.tick()

    assert done == ["works"]


def test_ageing_a_job_moves_all_its_times() -> None:
    job = run_job("diag-noop", options=Options(queue="scoring"))
    age(job, timedelta(days=8))

    before = job.finished_at
    job.refresh_from_db()
    assert before is not None
    assert job.finished_at == before - timedelta(days=8)


def test_invalid_input_names_its_class() -> None:
    assert InvalidInput("x").error_class == "VALIDATION_ERROR"
