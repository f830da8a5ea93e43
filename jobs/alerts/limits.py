"""The thresholds of the rules, from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

FAILURE_WINDOW = timedelta(minutes=15)
GROWTH_WINDOW = timedelta(hours=1)
#: A rule that fired stays until its value is below this share of the threshold: no flapping around it.
HELD_UNTIL = 0.8


@dataclass(frozen=True, kw_only=True)
class Limits:
    queue_depth: int = 1000
    queue_depths: Mapping[str, int] = field(default_factory=dict)
    failure_percent: float = 5.0
    failure_minimum: int = 20
    no_progress_minutes: int = 10
    redis_percent: float = 80.0
    redis_memory_mb: int = 512
    worker_memory_mb: int = 512
    dead_jobs: int = 10
    scheduler_seconds: int = 60

    def depth_of(self, queue: str) -> int:
        return self.queue_depths.get(queue, self.queue_depth)


def current_limits() -> Limits:
    return Limits(
        queue_depth=settings.ALERT_QUEUE_DEPTH,
        queue_depths=settings.ALERT_QUEUE_DEPTHS,
        failure_percent=settings.ALERT_FAILURE_PERCENT,
        failure_minimum=settings.ALERT_FAILURE_MINIMUM,
        no_progress_minutes=settings.ALERT_NO_PROGRESS_MINUTES,
        redis_memory_mb=settings.ALERT_REDIS_MEMORY_MB,
        worker_memory_mb=settings.ALERT_WORKER_MEMORY_MB,
        dead_jobs=settings.ALERT_DEAD_JOBS,
    )
