"""What Prometheus scrapes: read from the database at each scrape, so any web process gives the same answer."""

import threading
import time
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from redis.exceptions import RedisError

from . import hooks
from .connections import quick_client
from .health import LiveWorker, workers
from .performance import depth
from .policy import policies
from .rollups.buckets import LAST, PER_DOUBLING, upper_bound_ms
from .rollups.kinds import Kind
from .rollups.lifetime import Tally, lifetime
from .views_of_state import all_counts, paused_queues

#: Seconds one answer is good for. Shorter than any sensible scrape interval: were it longer, a scrape
#: could get an older answer from another process than the one before, and see a counter fall.
REMEMBERED_SECONDS = 1.0
#: Upper bounds of the histograms: each second power of two from 5 ms to about 6 hours.
BOUNDS = range(0, min(LAST, 23 * PER_DOUBLING), 2 * PER_DOUBLING)

_lock = threading.Lock()
_last: tuple[float, bytes] = (-REMEMBERED_SECONDS, b"")


def exposition() -> bytes:
    """All metrics in Prometheus's text format; at most once a second read anew in each process."""
    global _last  # noqa: PLW0603  what this process answered last
    with _lock:
        at, text = _last
        if time.monotonic() - at >= REMEMBERED_SECONDS:
            registry = CollectorRegistry(auto_describe=False)
            registry.register(Collector())
            text = generate_latest(registry)
            _last = (time.monotonic(), text)
        return text


class Collector:
    """Reads everything once per scrape."""

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        yield from _queues()
        yield from _workers(workers())
        tallies = lifetime()
        yield from _totals(tallies)
        yield from _histograms(tallies)
        yield from _redis()
        yield from _circuits()
        yield from _models()


def _queues() -> Iterator[Metric]:
    counts, paused = all_counts(), paused_queues()
    jobs = GaugeMetricFamily("jobs_count", "Jobs now in a state.", labels=["queue", "status"])
    depths = GaugeMetricFamily("queue_depth", "Jobs that are ready but not started.", labels=["queue"])
    pauses = GaugeMetricFamily("queue_paused", "1 while the queue is paused.", labels=["queue"])
    for queue, numbers in counts.items():
        for status, number in numbers.items():
            jobs.add_metric([queue, status], number)
        depths.add_metric([queue], depth(numbers))
        pauses.add_metric([queue], queue in paused)
    yield from (jobs, depths, pauses)


def _workers(found: list[LiveWorker]) -> Iterator[Metric]:
    processes = GaugeMetricFamily("workers", "Live worker processes that serve the queue.", labels=["queue"])
    slots = GaugeMetricFamily("worker_slots", "Slots of live workers: jobs that can run at once.", labels=["queue"])
    busy = GaugeMetricFamily("worker_slots_busy", "Slots that run a job.", labels=["queue"])
    live = [worker for worker in found if worker.running]
    for queue in policies():
        serving = [worker for worker in live if worker.slots_of(queue)]
        processes.add_metric([queue], sum(not worker.row.stopping for worker in serving))
        slots.add_metric([queue], sum(worker.slots_of(queue) for worker in serving))
        busy.add_metric([queue], sum(worker.busy_of(queue) for worker in serving))
    yield from (processes, slots, busy)


_COUNTERS = (
    (Kind.STARTED, "jobs_started", "Attempts that began.", False),
    (Kind.COMPLETED, "jobs_completed", "Jobs that completed.", False),
    (Kind.FAILED, "jobs_failed", "Jobs whose last attempt failed.", True),
    (Kind.RETRIED, "jobs_retried", "Failed attempts that are followed by another.", True),
    (Kind.CANCELLED, "jobs_cancelled", "Jobs that were cancelled.", False),
    (Kind.DEAD, "jobs_dead", "Jobs that became dead, by their last attempt or by hand.", True),
    (Kind.PUT_BACK, "jobs_put_back", "Runs that a stopping or lost worker gave back.", False),
)


def _totals(tallies: list[Tally]) -> Iterator[Metric]:
    for kind, name, text, by_error in _COUNTERS:
        family = CounterMetricFamily(name, text, labels=["queue", "type", *(["error"] if by_error else [])])
        for tally in tallies:
            if tally.kind == kind:
                family.add_metric([tally.queue, tally.type, *([tally.label] if by_error else [])], tally.number)
        yield family


def _histograms(tallies: list[Tally]) -> Iterator[Metric]:
    runs = HistogramMetricFamily(
        "job_duration_seconds", "Time from an attempt's start to its end.", labels=["queue", "type", "outcome"]
    )
    waits = HistogramMetricFamily(
        "job_wait_seconds", "Time from being ready to the start of an attempt.", labels=["queue", "type"]
    )
    for tally in _summed_over_errors(tallies, {Kind.COMPLETED, Kind.FAILED, Kind.RETRIED, Kind.STARTED}):
        if tally.kind == Kind.STARTED:
            waits.add_metric([tally.queue, tally.type], _cumulative(tally.buckets), tally.total_ms / 1000)
        elif tally.buckets:
            labels = [tally.queue, tally.type, tally.kind]
            runs.add_metric(labels, _cumulative(tally.buckets), tally.total_ms / 1000)
    yield from (runs, waits)


def _summed_over_errors(tallies: list[Tally], kinds: set[Kind]) -> Iterable[Tally]:
    summed: dict[tuple[str, str, str], Tally] = {}
    for tally in tallies:
        if tally.kind not in kinds:
            continue
        into = summed.setdefault(
            (tally.queue, tally.type, tally.kind), Tally(queue=tally.queue, type=tally.type, kind=tally.kind, label="")
        )
        into.total_ms += tally.total_ms
        for bucket, number in tally.buckets.items():
            into.buckets[bucket] = into.buckets.get(bucket, 0) + number
    return summed.values()


def _cumulative(buckets: dict[int, int]) -> list[tuple[str, float]]:
    """The histogram in coarser steps; each of its bounds is one of ours, so the numbers are exact."""
    shown: list[tuple[str, float]] = [
        (f"{upper_bound_ms(bound) / 1000:g}", sum(number for bucket, number in buckets.items() if bucket <= bound))
        for bound in BOUNDS
    ]
    return [*shown, ("+Inf", sum(buckets.values()))]


def _redis() -> Iterator[Metric]:
    """Absent while Redis is away: no number is better than a made-up one."""
    try:
        memory = quick_client().info("memory")
    except RedisError:
        return
    yield GaugeMetricFamily("redis_memory_bytes", "Memory that Redis uses.", value=memory["used_memory"])


def _circuits() -> Iterator[Metric]:
    circuits = hooks.provider_circuits()
    if not circuits:
        return
    family = GaugeMetricFamily(
        "provider_circuit_state", "0 closed, 1 half-open, 2 open: calls are refused.", labels=["provider"]
    )
    for provider, state in circuits.items():
        family.add_metric([provider], state)
    yield family


def _models() -> Iterator[Metric]:
    for name, text, labels, values in hooks.model_counters():
        family = CounterMetricFamily(name, text, labels=labels)
        for those, value in values.items():
            family.add_metric(those, value)
        yield family
