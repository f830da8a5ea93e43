"""Queues, workers, schedules and health."""

from datetime import timedelta
from typing import Any

from .. import endpoints
from ..calls import Calls
from ..values import Health, QueueChange, QueueSummary, Schedule, ScheduleChange, Worker


class QueueVerbs(Calls):
    def queues(self, *, include_internal: bool = False) -> tuple[QueueSummary, ...]:
        """include_internal: the housekeeping queue too, for administrators."""
        return self._list(endpoints.QUEUES, query={"includeInternal": include_internal or None})

    def queue(self, name: str) -> QueueSummary:
        return self._get(endpoints.QUEUE, name=name)

    def pause(self, queue: str, *, reason: str = "") -> QueueChange:
        """Running jobs finish, no other starts until `resume`."""
        return self._act(queue, "pause", reason=reason or None)

    def resume(self, queue: str) -> QueueChange:
        return self._act(queue, "resume")

    def clean(
        self, queue: str, *, status: str = "completed", grace: timedelta = timedelta(days=1), limit: int = 100
    ) -> QueueChange:
        """Remove at most `limit` jobs that reached `status` longer than `grace` ago, the oldest first."""
        grace_ms = round(grace.total_seconds() * 1000)
        return self._act(queue, "clean", type=status, grace=grace_ms, limit=limit)

    def retry_failed(self, queue: str, *, limit: int = 1000) -> QueueChange:
        """Run failed jobs again, the oldest failure first; dead ones stay."""
        return self._act(queue, "retry-failed", limit=limit)

    def _act(self, queue: str, action: str, **options: Any) -> QueueChange:
        given = {name: value for name, value in options.items() if value is not None}
        # Pausing twice pauses once; cleaning and retrying twice may reach other jobs the second time.
        repeatable = action in {"pause", "resume"}
        body = {"action": action, "options": given or None}
        return self._do(endpoints.ACT_ON_QUEUE, body=body, repeatable=repeatable, name=queue)

    # --- Workers and health ---------------------------------------------------------------------
    def workers(self, *, detail: bool = False) -> tuple[Worker, ...]:
        """One entry per queue. detail: with the processes behind it, for administrators."""
        return self._list(endpoints.WORKERS, query={"detail": detail or None})

    def health(self) -> Health:
        return self._get(endpoints.HEALTH)

    # --- Schedules, for administrators ----------------------------------------------------------
    def schedules(self) -> tuple[Schedule, ...]:
        return self._get(endpoints.SCHEDULES).schedules

    def run_schedule(self, name: str) -> ScheduleChange:
        """Fire now, whatever its state."""
        return self._act_on_schedule(name, "run")

    def pause_schedule(self, name: str) -> ScheduleChange:
        return self._act_on_schedule(name, "pause")

    def resume_schedule(self, name: str) -> ScheduleChange:
        return self._act_on_schedule(name, "resume")

    def _act_on_schedule(self, name: str, action: str) -> ScheduleChange:
        return self._do(endpoints.ACT_ON_SCHEDULE, body={"action": action}, repeatable=action != "run", name=name)
