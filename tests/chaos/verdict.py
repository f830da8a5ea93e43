"""The invariants A to G of reliability, asked of the ledger and held against the clients' own book."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import connection

from jobs.models import Attempt, DiagnosticEffect, Job
from jobs.states import TERMINAL, Outcome, Status
from tests.survival.ledger import FREE

from .clients import Order
from .town import LEASE_SECONDS, QUEUES, Town

_MOST_NAMED = 10


@dataclass
class Finding:
    """One invariant. problems: empty where it holds. note: what was measured."""

    letter: str
    says: str
    problems: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def holds(self) -> bool:
        return not self.problems


def judge(orders: Sequence[Order], town: Town, token: str) -> list[Finding]:
    """All but F and G, which are about the course of the run and not about its end."""
    jobs = {job.public_id: job for job in Job.objects.defer("data", "result")}
    tried: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.order_by("job_id", "run"):
        tried.setdefault(attempt.job_id, []).append(attempt)
    return [
        _ends(orders, jobs),
        _effects(jobs),
        _counts(orders, jobs, town, token),
        _overlaps(jobs, tried),
        _budgets(orders, jobs, tried),
    ]


def _ends(orders: Sequence[Order], jobs: dict[str, Job]) -> Finding:
    found = Finding("A", "What was accepted is one job in one final state; what was refused is none")
    for order in orders:
        there = [jobs[one] for one in order.ids if one in jobs]
        if order.outcome == "accepted":
            if len(there) != len(order.ids):
                found.problems.append(f"{order.kind} {order.ids[0]}: {len(order.ids) - len(there)} jobs are lost")
            for job in there:
                if job.status not in TERMINAL:
                    found.problems.append(f"{job.public_id} is still {job.status} after {job.run} runs")
                elif order.completes and not order.cancelled and job.status != Status.COMPLETED:
                    found.problems.append(f"{job.public_id} ({order.kind}) ended {job.status}: {job.error_message}")
        elif order.outcome == "rejected" and there:
            found.problems.append(f"{order.kind} {order.ids[0]} was refused and is a job all the same")
        if (order.outcome == "rejected") != (order.kind == "invalid") and order.outcome != "unknown":
            found.problems.append(f"{order.kind} {order.number} was {order.outcome}: {order.statuses}")
    _whole_batches(orders, found)
    outcomes = Counter(order.outcome for order in orders)
    found.note = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    return found


def _whole_batches(orders: Sequence[Order], found: Finding) -> None:
    """A batch whose answer was lost is all there or not at all."""
    for order in orders:
        if order.kind == "batch" and order.outcome == "unknown":
            keys = [item["key"] for item in order.body["items"]]
            there = Job.objects.filter(type="diag-effect", data__key__in=keys).count()
            if there not in (0, len(keys)):
                found.problems.append(f"batch {order.number}: {there} of its {len(keys)} jobs are there")


def _effects(jobs: dict[str, Job]) -> Finding:
    found = Finding("B", "One effect per completed job, none of any other")
    rows = Counter(DiagnosticEffect.objects.values_list("public_id", flat=True))
    keys = Counter(DiagnosticEffect.objects.values_list("key", flat=True))
    found.problems += [f"{key} took effect {number} times" for key, number in keys.items() if number > 1]
    for job in jobs.values():
        if job.type == "diag-effect" and rows[job.public_id] != (job.status == Status.COMPLETED):
            found.problems.append(f"{job.public_id} is {job.status} and has {rows[job.public_id]} effects")
    found.note = f"{sum(rows.values())} effects"
    return found


def _counts(orders: Sequence[Order], jobs: dict[str, Job], town: Town, token: str) -> Finding:
    found = Finding("C", "Accepted equals final states; ledger, API and kept counts agree")
    accepted = {one for order in orders if order.outcome == "accepted" for one in order.ids}
    unknown = {one for order in orders if order.outcome == "unknown" for one in order.ids}
    strangers = [
        job.public_id
        for job in jobs.values()
        if job.type.startswith("diag-") and job.public_id not in accepted | unknown and not _of_lost_batch(job, orders)
    ]
    found.problems += [f"{one} was promised to nobody" for one in strangers[:_MOST_NAMED]]
    status, body = town.get("/api/jobs/queues/stats", token)
    if status != 200:
        found.problems.append(f"GET /api/jobs/queues/stats answered {status}")
        return found
    real = Counter((job.queue, str(job.status)) for job in jobs.values() if not job.archived)
    for entry in json.loads(body)["queues"]:
        if entry["queue"] in QUEUES:
            for state in TERMINAL:
                if entry.get(str(state), 0) != real[entry["queue"], str(state)]:
                    shown = entry.get(str(state), 0)
                    kept = real[entry["queue"], str(state)]
                    found.problems.append(f"{entry['queue']}: the API shows {shown} {state}, the ledger has {kept}")
    found.note = f"{len(accepted)} jobs accepted, {sum(job.status in TERMINAL for job in jobs.values())} ended"
    return found


def _of_lost_batch(job: Job, orders: Sequence[Order]) -> bool:
    return any(
        order.kind == "batch" and order.outcome == "unknown" for order in orders
    ) and not job.public_id.startswith("c")


def _overlaps(jobs: dict[str, Job], tried: dict[int, list[Attempt]]) -> Finding:
    found = Finding("D", f"Two runs of a job overlap by no more than a lease ({LEASE_SECONDS} s)")
    longest = 0.0
    for job in jobs.values():
        runs = tried.get(job.id, [])
        for first, second in pairwise(runs):
            if first.finished_at is None:
                found.problems.append(f"{job.public_id}: run {first.run} never ended and run {second.run} began")
                continue
            overlap = (first.finished_at - second.started_at).total_seconds()
            longest = max(longest, overlap)
            if overlap > LEASE_SECONDS:
                found.problems.append(f"{job.public_id}: runs {first.run} and {second.run} overlap by {overlap:.1f} s")
    found.note = f"longest {longest:.2f} s"
    return found


def _budgets(orders: Sequence[Order], jobs: dict[str, Job], tried: dict[int, list[Attempt]]) -> Finding:
    found = Finding("E", "What the infrastructure did cost no attempt")
    free = 0
    kinds = {one: order.kind for order in orders for one in order.ids}
    for job in jobs.values():
        runs = tried.get(job.id, [])
        free += sum(run.outcome in FREE for run in runs)
        paid = [run for run in runs if run.outcome not in FREE]
        if len(runs) != job.run or job.attempts_made != len(paid):
            recorded = f"recorded {len(runs)} and {len(paid)}"
            found.problems.append(f"{job.public_id}: {job.run} runs, {job.attempts_made} attempts; {recorded}")
        own = [run for run in paid if run.outcome not in {Outcome.COMPLETED, Outcome.PROCESS_DIED, Outcome.CANCELLED}]
        if own and kinds.get(job.public_id) in {"effect", "in a process", "later", "sleeps"}:
            found.problems.append(f"{job.public_id} paid for {own[0].outcome}: {(own[0].error or {}).get('message')}")
    found.note = f"{free} runs were interrupted or lost and cost nothing"
    return found


def idle() -> bool:
    """Nothing is left to do: every job has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM jobs_job WHERE type LIKE 'diag-%%' AND status <> ALL(%s))",
            [[str(status) for status in TERMINAL]],
        )
        return bool(cursor.fetchone()[0])
