"""Queues and jobs: what holds them back, and what fails again and again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Count

from ..models import Job, QueueState, Start
from ..policy import policies
from ..rollups import totals
from ..states import Status
from ..stuck import stuck_jobs
from ..views_of_state import all_counts

Results = Iterator[tuple[str, str]]

#: Failures of one queue within the hour that count as repeated.
REPEATED = 5
WINDOW = timedelta(hours=1)


def paused() -> Results:
    counts = all_counts()
    for state in QueueState.objects.filter(paused=True).order_by("queue"):
        held = counts.get(state.queue, {}).get("paused", 0)
        since = f" since {state.paused_at:%Y-%m-%d %H:%M} UTC" if state.paused_at else ""
        by = f" by {state.paused_by}" if state.paused_by else ""
        yield (
            f"Queue {state.queue} is paused{since}{by} and holds {held} jobs.",
            f'Resume it in the console, or POST {{"action": "resume"}} to /api/queues/{state.queue}.',
        )


def saturated_limits() -> Results:
    counts = all_counts()
    for name, rules in policies().items():
        held, limit = counts[name]["rateLimited"], rules.start_limit
        if held and limit:
            started = Start.objects.filter(
                queue=name, started_at__gt=datetime.now(UTC) - timedelta(milliseconds=limit.window_ms)
            ).count()
            yield (
                f"{held} jobs of {name} wait for its start limit: {started} of {limit.count} "
                f"starts in {limit.window_ms / 1000:g} s are used.",
                f"Wait, or raise {name.upper().replace('-', '_')}_RATE_LIMIT.",
            )
        cap = rules.max_concurrency
        if cap and counts[name]["active"] >= cap and counts[name]["waiting"]:
            yield (
                f"{name} runs {cap} jobs, its cap over all hosts, while {counts[name]['waiting']} wait.",
                f"Wait, or raise {name.upper().replace('-', '_')}_MAX_CONCURRENCY.",
            )


def stuck() -> Results:
    for job in stuck_jobs()[:10]:
        yield (
            f"Job {job.public_id} of {job.queue} is active for {job.active_seconds:.0f} s on {job.worker}, "
            f"its time limit is {job.timeout_ms / 1000:g} s.",
            f"Cancel it: DELETE /api/jobs/{job.public_id}?action=cancel; if nothing stops it, restart that worker.",
        )


def repeated_failures() -> Results:
    now = datetime.now(UTC)
    for name in policies():
        point = totals(queue=name, since=now - WINDOW, until=now + timedelta(minutes=1))
        if point.failed >= REPEATED:
            classes = sorted(point.errors.items(), key=lambda item: -item[1])[:3]
            top = ", ".join(f"{error} {number}" for error, number in classes)
            yield (
                f"{point.failed} of {point.finished} jobs of {name} failed within an hour: {top}{_message(name)}.",
                f"Correct the cause, then: python manage.py retry_failed --queue {name}",
            )


def _message(queue: str) -> str:
    """The most frequent message among the last failures, where there is one."""
    last = Job.objects.filter(queue=queue, status=Status.FAILED, archived=False).order_by("-finished_at")[:200]
    top = (
        Job.objects.filter(pk__in=list(last.values_list("pk", flat=True)))
        .values("error_message")
        .annotate(number=Count("id"))
        .order_by("-number")
        .first()
    )
    return f" (mostly: {str(top['error_message'])[:120]})" if top else ""


def dead_letters() -> Results:
    for name, counts in all_counts().items():
        if counts["dead"]:
            yield (
                f"{counts['dead']} dead jobs of {name} wait for a decision.",
                f"Look at GET /api/queues/{name}/dead-letter, then redrive or remove them.",
            )
