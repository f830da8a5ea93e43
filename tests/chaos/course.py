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
from .faults import Choice, Fault
from .machine import MUCH, Machine
from .town import Town
from .verdict import Finding, idle

CALM_SECONDS = 30.0
#: For what was accepted to end once everything is well again.
HEALING_SECONDS = 60.0


@dataclass
class Episode:
    """A fault from its harm until it was taken back, in seconds since the run began.

    stops_web: the web server itself stood still, and could answer nobody.
    """

    fault: str
    begun: float
    ended: float
    stops_web: bool = False


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

    def torment(self, town: Town, choice: Choice) -> None:
        """Faults of this seed, one after another, with a breath between."""
        chance = random.Random(self.seed + 2)
        self.faults_begun = time.monotonic()
        while not self._enough(choice):
            fault: Fault = chance.choices(choice.faults, [one.weight for one in choice.faults])[0]
            begun = time.monotonic() - self.begun
            fault.harm(town, chance)
            forget_what_this_process_knows()
            self.episodes.append(Episode(fault.name, begun, time.monotonic() - self.begun, fault.stops_web))
            print(f"  {begun:6.1f} s  {fault.name}", flush=True)
            town.pass_time(chance.uniform(*choice.pause_seconds))
        self.healed = time.monotonic()

    def _enough(self, choice: Choice) -> bool:
        if choice.times is not None:
            return len(self.episodes) >= choice.times
        return time.monotonic() >= self.faults_begun + choice.seconds

    def web_stood_still(self, begun: float, ended: float) -> bool:
        """Whether a fault that stops the web server fell between two moments."""
        return any(
            one.stops_web and self.begun + one.begun < ended and begun < self.begun + one.ended for one in self.episodes
        )

    def last_fault_before(self, moment: float) -> str:
        earlier = [one.fault for one in self.episodes if self.begun + one.begun <= moment]
        return earlier[-1] if earlier else "none"

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


def answers_in_time(orders: Sequence[Order], course: Course, machine: Machine) -> Finding:
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
    rough = [(at, ms) for at, ms in answers if course.faults_begun <= at < course.healed]
    # Whoever is stopped answers nobody: such answers are counted apart.
    served = [(at, ms) for at, ms in rough if not course.web_stood_still(at, at + ms / 1000)]
    for name, figures, most in (("calm", calm, 250), ("faults", [ms for _, ms in served], 1000)):
        p99 = _p99(figures)
        found.note += f"p99 {p99:.0f} ms in {name} ({len(figures)} answers); "
        if p99 > most:
            found.problems.append(f"p99 of {p99:.0f} ms in {name}, at most {most}")
    if len(served) < len(rough):
        found.note += (
            f"p99 {_p99([ms for _, ms in rough]):.0f} ms with the {len(rough) - len(served)} answers "
            "for which a frozen web server had to go on; "
        )
    undisturbed = [ms for at, ms in served if not machine.took_much(at, at + ms / 1000)]
    if len(undisturbed) < len(served):
        found.note += (
            f"p99 {_p99(undisturbed):.0f} ms without the {len(served) - len(undisturbed)} answers during which the "
            f"machine's host took {MUCH:.0%} of the processors' time or more; "
        )
    slow = Counter(course.last_fault_before(at + ms / 1000) for at, ms in rough if ms > 1000)
    found.note += f"above 1 s after {dict(slow.most_common())}; "
    found.note += f"statuses {dict(sorted(statuses.items()))} (0: no answer)"
    return found


def _p99(figures: Sequence[float]) -> float:
    return quantiles(figures, n=100)[98] if len(figures) > 1 else 0.0


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
