"""How long a job of a type takes: the median of what its last runs took, or its type's own estimate."""

from statistics import median

from django.core.cache import cache

from . import registry
from .models import Job
from .policy import TYPE_POLICIES
from .states import Status

SAMPLES = 50
FEWEST_SAMPLES = 5
#: Seconds an estimate is used before it is worked out again. Estimates are guesses; requests are many.
REMEMBERED_SECONDS = 10
DEFAULT_SECONDS = 30


def expected_seconds(type_name: str, queue: str) -> float:
    """Median run time of the type's last completed jobs in a queue, in seconds."""
    key = f"jobs.expected_seconds.{queue}.{type_name}"
    known: float | None = cache.get(key)
    if known is None:
        known = _measured(type_name, queue)
        if known is None:
            known = float(_declared(type_name))
        cache.set(key, known, REMEMBERED_SECONDS)
    return known


def _measured(type_name: str, queue: str) -> float | None:
    # By queue first: that is how finished jobs are indexed.
    runs = (
        Job.objects.filter(
            queue=queue, status=Status.COMPLETED, finished_at__isnull=False, archived=False, type=type_name
        )
        .exclude(duration_ms=None)
        .order_by("-finished_at")
        .values_list("duration_ms", flat=True)[:SAMPLES]
    )
    taken = [ms for ms in runs if ms is not None]
    return median(taken) / 1000 if len(taken) >= FEWEST_SAMPLES else None


def _declared(type_name: str) -> int:
    try:
        return registry.get(type_name).estimate_seconds
    except registry.UnknownType:
        known = TYPE_POLICIES.get(type_name)
        return known.estimate_seconds if known else DEFAULT_SECONDS
