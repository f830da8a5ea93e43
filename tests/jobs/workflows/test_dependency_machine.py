"""Jobs that wait for jobs, in any order of events: nobody waits for nothing, and nobody runs too early.

Six short histories a run, drawn anew each time: with the step switched off that holds dependents again, two of three
runs failed, so one run that passes proves little.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from accounts.callers import system_caller
from jobs import actions, dispatch, outcomes, retention
from jobs.actions import Submission
from jobs.errors import InvalidInput
from jobs.execution import decision
from jobs.ledger.claim import Claimed, claim
from jobs.ledger.rescue import rescue
from jobs.ledger.settle import settle
from jobs.models import Job
from jobs.policy import Keep
from jobs.states import TERMINAL
from jobs.submission import Options
from jobs.workflows import batches, release
from jobs.workflows.models import Dependency, Notice, Step, Workflow
from jobs.workflows.words import CANCELLED_CODE, FAILED_CODE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("diagnostic_types", "redis_clean")]

QUEUE = "scoring"
BY = system_caller()
ENDED = {str(status) for status in TERMINAL}


@dataclass
class Parent:
    """One edge and what became of the job it leads to. outcome: None while that has not ended."""

    edge: Dependency
    job: Job | None

    @property
    def outcome(self) -> str | None:
        if self.job is None:
            return self.edge.outcome or "removed"
        return str(self.job.status) if self.job.status in ENDED else None

    @property
    def broken(self) -> bool:
        return self.edge.on_failure == "fail" and self.outcome not in (None, "completed")


class Waiting(RuleBasedStateMachine):
    #: Places in `keys`, which are the same in every replay.
    jobs = Bundle("jobs")
    runs = Bundle("runs")

    @initialize(target=jobs)
    def begin(self) -> Any:
        """A small graph to begin with: one job, one after it, one after both whatever becomes of them."""
        for model in (Job, Step, Dependency, Workflow, Notice):
            model.objects.all().delete()
        dispatch._silent_until = 0.0
        self.keys: list[int] = []
        first = self.enqueue_now()
        second = self.enqueue_after([first], None)
        return multiple(first, second, self.enqueue_after([first, second], "continue"))

    # --- What callers do ----------------------------------------------------------------------
    @rule(target=jobs, delayed=st.booleans())
    def enqueue(self, delayed: bool) -> int:
        return self.enqueue_now(delayed=delayed)

    @rule(
        target=jobs,
        parents=st.lists(jobs, min_size=1, max_size=3, unique=True),
        then=st.sampled_from([None, "continue"]),
    )
    def new_dependent(self, parents: list[int], then: str | None) -> int:
        return self.enqueue_after(parents, then)

    def enqueue_now(self, *, delayed: bool = False) -> int:
        return self.stored(Options(queue=QUEUE, attempts=1, delay=3_600_000 if delayed else None))

    def enqueue_after(self, parents: list[int], then: str | None) -> int:
        ids = tuple(Job.objects.filter(pk__in=self.those(parents)).values_list("public_id", flat=True))
        return self.stored(
            Options(queue=QUEUE, attempts=1, depends_on=ids, on_dependency_failure=then if ids else None)
        )

    @rule(target=jobs, again=st.lists(jobs, max_size=1))
    def batch(self, again: list[int]) -> int:
        """Two jobs, one of which may be there already, and their callback."""
        known = Job.objects.filter(pk__in=self.those(again), dependencies=None, type="diag-noop").values_list(
            "public_id", flat=True
        )
        options = [Options(queue=QUEUE, attempts=1, job_id=one) for one in (*known, None)]
        made = batches.create(
            submissions=[Submission(type="diag-noop", data={}, options=one) for one in options],
            on_complete=Submission(type="diag-noop", data={}, options=Options(queue=QUEUE, attempts=1)),
        )
        return self.known(made.jobs[-1].key)

    @rule(place=jobs)
    def cancel(self, place: int) -> None:
        actions.cancel(jobs=self.row(place), by=BY)

    @rule(place=jobs)
    def retry(self, place: int) -> None:
        actions.retry(jobs=self.row(place), by=BY, force=True)

    @rule(place=jobs)
    def bury(self, place: int) -> None:
        actions.bury(jobs=self.row(place), by=BY)

    @rule(place=jobs, force=st.booleans())
    def remove(self, place: int, force: bool) -> None:
        actions.remove(jobs=self.row(place), by=BY, force=force)

    # --- What workers and the clock do --------------------------------------------------------
    @rule(target=runs, places=st.lists(jobs, min_size=1, max_size=3))
    def start(self, places: list[int]) -> list[Claimed]:
        return self.take(places)

    def take(self, places: list[int]) -> list[Claimed]:
        taken = claim(self.those(places), worker="w")
        for run in taken:
            for parent in self.parents(run.id):
                assert parent.edge.satisfied_at is not None, "it runs before what it depends on has ended"
                assert parent.edge.on_failure == "continue" or parent.edge.outcome == "completed"
        return taken

    @rule(places=st.lists(jobs, min_size=1, max_size=3), well=st.booleans())
    def run_to_the_end(self, places: list[int], well: bool) -> None:
        self.end(self.take(places), well)

    @rule(place=jobs)
    def fail_and_try_again(self, place: int) -> None:
        """Those that failed for its sake wait again. By itself chance seldom draws these in a row."""
        self.end(self.take([place]), well=False)
        release.run()
        actions.retry(jobs=self.row(place), by=BY, force=True)

    @rule(taken=runs, well=st.booleans())
    def end_started(self, taken: list[Claimed], well: bool) -> None:
        self.end(taken, well)

    def end(self, taken: list[Claimed], well: bool) -> None:
        settle(
            [
                outcomes.completed(run, None) if well else outcomes.failed(run, InvalidInput("x"), **decision(run))
                for run in taken
            ]
        )

    @rule()
    def lose_workers(self) -> None:
        Job.objects.filter(status="active").update(lease_until="2000-01-01T00:00:00Z")
        rescue()

    @rule(state=st.sampled_from(["completed", "failed", "cancelled"]))
    def archive(self, state: str) -> None:
        retention._archive(QUEUE, state, Keep(count=0, age=None, rule="and"), 100)

    @rule()
    def forget_records(self) -> None:
        retention.cleanup_old_jobs(days=0)

    # --- What must always be so ---------------------------------------------------------------
    @invariant()
    def nothing_is_left_to_be_noticed(self) -> None:
        release.run()
        assert not Notice.objects.exists()

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        for job in Job.objects.filter(dependencies__isnull=False).distinct():
            parents = self.parents(job.pk)
            broken = any(parent.broken for parent in parents)
            if job.delay_reason == "dependency":
                assert any(parent.outcome is None for parent in parents), "it waits for jobs that have all ended"
                assert not broken, "it waits though it can never run"
            if (job.error or {}).get("code") in (FAILED_CODE, CANCELLED_CODE) and not job.archived:
                assert broken, "it ended for the sake of a job that is well again"

    @invariant()
    def a_batch_has_ended_when_its_jobs_have(self) -> None:
        for row in Workflow.objects.all():
            keys = set(row.steps.values_list("job_id", flat=True))
            open_jobs = Job.objects.filter(pk__in=keys).exclude(status__in=ENDED).count()
            assert (row.finished_at is None) == (open_jobs > 0)
            ended = row.completed + row.failed + row.cancelled + row.removed
            assert ended == row.total - open_jobs

    # --- Helpers ------------------------------------------------------------------------------
    def stored(self, options: Options) -> int:
        return self.known(actions.enqueue(type="diag-noop", data={}, options=options).key)

    def known(self, key: int) -> int:
        self.keys.append(key)
        return len(self.keys) - 1

    def those(self, places: list[int]) -> list[int]:
        return [self.keys[place] for place in places]

    def row(self, place: int) -> list[Job]:
        return list(Job.objects.filter(pk=self.keys[place]))

    def parents(self, key: int) -> list[Parent]:
        edges: Any = Dependency.objects.filter(job_id=key)
        known = Job.objects.in_bulk({edge.depends_on_id for edge in edges})
        return [Parent(edge, known.get(edge.depends_on_id)) for edge in edges]


def test_whatever_happens_nobody_waits_for_nothing_and_nobody_runs_too_early() -> None:
    run_state_machine_as_test(Waiting, settings=settings(max_examples=6, stateful_step_count=20, deadline=None))
