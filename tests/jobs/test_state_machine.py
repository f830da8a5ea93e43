"""The states of jobs against a model: whatever is done in whatever order, the ledger is where the model is."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models.functions import Now
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts.callers import system_caller
from jobs import actions, dispatch, outcomes, policy, queues
from jobs.errors import InvalidInput, NetworkError
from jobs.ledger.claim import Claimed, claim
from jobs.ledger.ready import release_due
from jobs.ledger.rescue import rescue
from jobs.ledger.settle import Settlement, settle
from jobs.models import Attempt, Job, QueueState
from jobs.running import StopReason
from jobs.states import TERMINAL, Status, may_become
from jobs.submission import Options
from jobs.views_of_state import all_counts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

QUEUE = "scoring"
BY = system_caller()


@dataclass
class Model:
    """What a job must be. runs: all of them; attempts: those that were its own since the last retry by hand."""

    status: Status
    most: int
    runs: int = 0
    attempts: int = 0
    redrives: int = 0
    losses: int = 0
    cancel_asked: bool = False
    seen: list[Status] = field(default_factory=list)

    def become(self, status: Status) -> None:
        assert may_become(self.status, status), f"the model itself goes from {self.status} to {status}"
        self.status = status
        if status in TERMINAL:
            self.cancel_asked = False


class Ledger(RuleBasedStateMachine):
    """Each rule does one thing to the ledger and says what that must lead to."""

    jobs = Bundle("jobs")
    #: Claims live on after their run has ended: stale ones must change nothing.
    claims = Bundle("claims")

    @initialize()
    def begin(self) -> None:
        Job.objects.all().delete()
        Attempt.objects.all().delete()
        QueueState.objects.all().delete()
        dispatch._silent_until = 0.0
        self.models: dict[int, Model] = {}
        self.paused = False

    # --- What callers do ----------------------------------------------------------------------
    @rule(target=jobs, attempts=st.integers(1, 3), delayed=st.booleans())
    def enqueue(self, attempts: int, delayed: bool) -> int:
        options = Options(queue=QUEUE, attempts=attempts, delay=3_600_000 if delayed else None)
        key = actions.enqueue(type="diag-noop", data={}, options=options).key
        self.models[key] = Model(status=Status.DELAYED if delayed else Status.WAITING, most=attempts)
        return key

    @rule(key=jobs)
    def cancel(self, key: int) -> None:
        actions.cancel(jobs=self.row(key), by=BY)
        model = self.models.get(key)
        if model and model.status is Status.ACTIVE:
            model.cancel_asked = True
        elif model and model.status not in TERMINAL:
            model.become(Status.CANCELLED)

    @rule(key=jobs, force=st.booleans())
    def retry(self, key: int, force: bool) -> None:
        actions.retry(jobs=self.row(key), by=BY, force=force)
        model = self.models.get(key)
        if model and (model.status in {Status.FAILED, Status.CANCELLED} or (force and model.status is Status.DEAD)):
            if model.status is Status.FAILED:
                model.redrives += 1
            elif model.status is Status.DEAD:
                model.redrives = model.losses = 0
            model.status, model.attempts, model.cancel_asked = Status.WAITING, 0, False

    @rule(key=jobs)
    def bury(self, key: int) -> None:
        actions.bury(jobs=self.row(key), by=BY)
        model = self.models.get(key)
        if model and model.status is Status.FAILED:
            model.become(Status.DEAD)

    @rule(key=consumes(jobs), force=st.booleans())
    def remove(self, key: int, force: bool) -> None:
        actions.remove(jobs=self.row(key), by=BY, force=force)
        if key in self.models and (force or self.models[key].status is not Status.ACTIVE):
            del self.models[key]

    @rule(key=jobs)
    def run_now(self, key: int) -> None:
        actions.run_now(jobs=self.row(key), by=BY)
        model = self.models.get(key)
        if model and model.status is Status.DELAYED:
            model.become(Status.WAITING)

    @rule()
    def pause_or_resume(self) -> None:
        (queues.resume if self.paused else queues.pause)(queue=QUEUE, by=BY)
        self.paused = not self.paused

    # --- What the clock and workers do --------------------------------------------------------
    @rule(key=jobs)
    def come_due(self, key: int) -> None:
        Job.objects.filter(pk=key, status="delayed").update(run_at=Now())
        release_due()
        model = self.models.get(key)
        if model and model.status is Status.DELAYED:
            model.become(Status.WAITING)

    @rule(target=claims, key=jobs)
    def take(self, key: int) -> Any:
        taken = claim([key], worker="w")
        model = self.models.get(key)
        may = model is not None and model.status is Status.WAITING and not self.paused
        assert bool(taken) == may
        if not taken or model is None:
            return multiple()
        model.become(Status.ACTIVE)
        model.runs += 1
        model.attempts += 1
        assert (taken[0].run, taken[0].attempt) == (model.runs, model.attempts)
        return taken[0]

    @rule(run=claims)
    def complete(self, run: Claimed) -> None:
        self.settled(run, outcomes.completed(run, {"done": True}), Status.COMPLETED)

    @rule(run=claims)
    def fail_for_now(self, run: Claimed) -> None:
        end = outcomes.failed(run, NetworkError("away"), **self.terms())
        final = Status.DEAD if run.redrives >= 3 else Status.FAILED
        self.settled(run, end, Status.DELAYED if run.attempt < run.max_attempts else final)

    @rule(run=claims)
    def fail_for_good(self, run: Claimed) -> None:
        end = outcomes.failed(run, InvalidInput("wrong"), **self.terms())
        self.settled(run, end, Status.DEAD if run.redrives >= 3 else Status.FAILED)

    @rule(run=claims)
    def stop_as_asked(self, run: Claimed) -> None:
        end = outcomes.stopped(run, StopReason.CANCELLED, **self.terms())
        assert end is not None
        self.settled(run, end, Status.CANCELLED)

    @rule(run=claims)
    def interrupt(self, run: Claimed) -> None:
        self.settled(run, outcomes.interrupted(run), Status.WAITING, free=True)

    @rule(key=jobs)
    def lose_the_worker(self, key: int) -> None:
        Job.objects.filter(pk=key, status="active").update(lease_until="2000-01-01T00:00:00Z")
        rescue()
        model = self.models.get(key)
        if model and model.status is Status.ACTIVE:
            model.losses += 1
            model.attempts -= 1
            if model.cancel_asked:
                model.become(Status.CANCELLED)
            else:
                model.become(Status.DEAD if model.losses > outcomes.MOST_LOSSES else Status.WAITING)

    # --- What must always be so ---------------------------------------------------------------
    @invariant()
    def the_ledger_is_where_the_model_is(self) -> None:
        rows = {
            row.pk: Model(
                status=Status(row.status),
                most=row.max_attempts,
                runs=row.run,
                attempts=row.attempts_made,
                redrives=row.redrives,
                losses=row.losses,
                cancel_asked=row.cancel_requested_at is not None,
            )
            for row in Job.objects.all()
        }
        assert rows == self.models

    @invariant()
    def every_run_has_its_attempt_and_only_the_current_one_is_open(self) -> None:
        for key, model in self.models.items():
            attempts = list(Attempt.objects.filter(job_id=key).order_by("run"))
            assert [attempt.run for attempt in attempts] == list(range(1, model.runs + 1))
            open_runs = [attempt.run for attempt in attempts if attempt.finished_at is None]
            assert open_runs == ([model.runs] if model.status is Status.ACTIVE else [])

    @invariant()
    def the_counts_shown_are_those_of_the_model(self) -> None:
        counts = all_counts()[QUEUE]
        for status in (Status.ACTIVE, Status.COMPLETED, Status.FAILED, Status.DEAD, Status.CANCELLED, Status.DELAYED):
            assert counts[str(status)] == sum(model.status is status for model in self.models.values())
        ready = sum(model.status is Status.WAITING for model in self.models.values())
        assert counts["paused" if self.paused else "waiting"] == ready

    # --- Helpers ------------------------------------------------------------------------------
    def row(self, key: int) -> list[Job]:
        return list(Job.objects.filter(pk=key))

    def terms(self) -> dict[str, Any]:
        rules = policy.policy_of(QUEUE)
        return {"rules": rules, "backoff": policy.queue_default(QUEUE).backoff, "draw": 0.5, "at": datetime.now(UTC)}

    def settled(self, run: Claimed, end: Settlement, status: Status, *, free: bool = False) -> None:
        """A settlement counts if its run is the job's current one, and changes nothing otherwise."""
        done = settle([end])
        model = self.models.get(run.id)
        mine = model is not None and model.status is Status.ACTIVE and model.runs == run.run
        assert bool(done) == mine
        if mine and model:
            model.attempts -= free
            again = status in {Status.WAITING, Status.DELAYED}
            model.become(Status.CANCELLED if again and model.cancel_asked else status)


def test_whatever_happens_in_whatever_order_the_ledger_is_where_the_model_is() -> None:
    run_state_machine_as_test(Ledger, settings=settings(max_examples=10, stateful_step_count=30, deadline=None))
