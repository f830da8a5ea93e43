"""The course of a run: a calm stretch, faults one after another, healing, and calm again."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from django.db import OperationalError, connection
from django.db.utils import InterfaceError

from tests.survival.world import forget_what_this_process_knows

from .clients import Order
from .faults import FAULTS, Fault
from .town import Town
from .verdict import Finding, idle

CALM_SECONDS = 30.0
#: For what was accepted to end once everything is well again.
HEALING_SECONDS = 60.0


@dataclass
class Episode:
    """A fault from its harm until it was taken back, in seconds since the run began."""

    fault: str
    begun: float
    ended: float


@dataclass
class Course:
    """What happened when. Moments are by the monotonic clock."""

    begun: float
    seed: int
    episodes: list[Episode] = field(default_factory=list)
    faults_begun: float = 0.0
    healed: float = 0.0
    #: Seconds from the last healing until nothing was left; None where that never came.
    drained_after: float | None = None
    rate_before: float = 0.0
    rate_after: float = 0.0

    def torment(self, town: Town, *, seconds: float) -> None:
        """Faults of this seed, one after another, with a breath between."""
        chance = random.Random(self.seed + 2)
        self.faults_begun = time.monotonic()
        while time.monotonic() < self.faults_begun + seconds:
            fault: Fault = chance.choices(FAULTS, [one.weight for one in FAULTS])[0]
            begun = time.monotonic() - self.begun
            fault.harm(town, chance)
            forget_what_this_process_knows()
            self.episodes.append(Episode(fault.name, begun, time.monotonic() - self.begun))
            print(f"  {begun:6.1f} s  {fault.name}", flush=True)
            town.pass_time(chance.uniform(1, 8))
        self.healed = time.monotonic()

    def await_idle(self, town: Town) -> None:
        """Until nothing is left to do, or HEALING_SECONDS twice over."""
        begun = time.monotonic()
        while time.monotonic() < begun + 2 * HEALING_SECONDS:
            if _is_idle():
                self.drained_after = time.monotonic() - begun
                return
            town.pass_time(0.2)


def _is_idle() -> bool:
    try:
        return idle()
    except (OperationalError, InterfaceError):
        # A connection of the time before.
        forget_what_this_process_knows()
        return False


def completed_per_second(town: Town, seconds: float) -> float:
    """Jobs that complete in the time to come, per second."""
    before = _completed()
    town.pass_time(seconds)
    return (_completed() - before) / seconds


def _completed() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jobs_job WHERE type LIKE 'diag-%' AND status = 'completed'")
        return int(cursor.fetchone()[0])


def answers_in_time(orders: Sequence[Order], course: Course) -> Finding:
    found = Finding(
        "F", "No 500; 429 and 503 say when to come again; p99 of POST at most 250 ms in calm, 1 s under faults"
    )
    statuses = Counter(status for order in orders for status in order.statuses)
    bad = {status: number for status, number in statuses.items() if status >= 500 and status != 503}
    if bad:
        found.problems.append(f"answers {bad}")
    missing = sum(order.missing_retry_after for order in orders)
    if missing:
        found.problems.append(f"{missing} answers 429 or 503 without Retry-After")
    answers = [answer for order in orders for answer in order.answers]
    calm = [ms for at, ms in answers if at < course.faults_begun]
    rough = [ms for at, ms in answers if course.faults_begun <= at < course.healed]
    for name, figures, most in (("calm", calm, 250), ("faults", rough, 1000)):
        p99 = quantiles(figures, n=100)[98] if len(figures) > 1 else 0.0
        found.note += f"p99 {p99:.0f} ms in {name} ({len(figures)} answers); "
        if p99 > most:
            found.problems.append(f"p99 of {p99:.0f} ms in {name}, at most {most}")
    found.note += f"statuses {dict(sorted(statuses.items()))} (0: no answer)"
    return found


def recovered(course: Course) -> Finding:
    found = Finding("G", "At least 80 % of the throughput before within 60 s of healing, without hands")
    found.note = f"{course.rate_before:.1f} jobs/s before, {course.rate_after:.1f} after"
    if course.rate_after < 0.8 * course.rate_before:
        found.problems.append(found.note)
    if course.drained_after is None:
        found.problems.append(f"jobs were left {2 * HEALING_SECONDS:.0f} s after the last order")
    else:
        found.note += f"; nothing left {course.drained_after:.1f} s after the last order"
    return found
