"""Which jobs a job waits for: asked for those jobs only that wait for any."""

from collections.abc import Iterable

from ..models import Job
from ..states import DelayReason
from .models import Dependency


def blockers_of(jobs: Iterable[Job]) -> dict[int, list[str]]:
    """Public ids of the jobs still waited for, by the waiting job's primary key; one query at most."""
    waiting = [job.pk for job in jobs if job.delay_reason == DelayReason.DEPENDENCY]
    found: dict[int, list[str]] = {key: [] for key in waiting}
    if waiting:
        unmet = Dependency.objects.filter(job_id__in=waiting, satisfied_at=None).order_by("depends_on_id")
        for key, public_id in unmet.values_list("job_id", "depends_on"):
            found[key].append(public_id)
    return found
