"""Jobs, batches and workflows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from .. import endpoints
from ..calls import Calls, request_to
from ..errors import JobFailed
from ..following import OnOutage, follow
from ..reading import read
from ..transport import Opened
from ..values import Batch, Enqueued, Job, JobPage, Options, Removed, Workflow

#: Between two looks at a job where the server does not say how long to wait.
POLL_SECONDS = 2.0

JobOptions = Options | Mapping[str, Any]


class JobVerbs(Calls):
    def enqueue(
        self,
        type: str,  # noqa: A002  the API's word
        data: Mapping[str, Any] | None = None,
        *,
        options: JobOptions | None = None,
    ) -> Job:
        """One job. With `options.job_id` the same call makes it once, and `duplicate` says if it was there before.

        Without one, a connection that breaks leaves unknown whether the job was made: NotReachable with `sent`.
        """
        chosen = _options(options)
        body = {"type": type, "data": dict(data or {}), "options": chosen or None}
        return self._do(endpoints.ENQUEUE, body=body, repeatable="jobId" in chosen)

    def enqueue_many(
        self,
        type: str,  # noqa: A002  the API's word
        items: Sequence[Mapping[str, Any]],
        *,
        options: JobOptions | None = None,
        on_complete: Mapping[str, Any] | None = None,
        name: str | None = None,
    ) -> Enqueued:
        """1 to 1000 jobs of one type, each item the data of one; all are stored or none.

        on_complete: `{"type", "data", "options"}` of a job that runs when all have ended; with it, the answer has a
        `batch`.
        """
        body = {
            "type": type,
            "items": [dict(item) for item in items],
            "options": _options(options) or None,
            "onComplete": on_complete,
            "name": name,
        }
        return self._do(endpoints.ENQUEUE_MANY, body=body)

    def job(self, job: Job | str, *, include: Iterable[str] = ()) -> Job:
        """include: `attempts` fills `attempt_history`, `log` fills `log`."""
        parts = ",".join(include) or None
        return self._get(endpoints.JOB, query={"include": parts}, job_id=_id(job))

    # --- Waiting --------------------------------------------------------------------------------
    def wait(self, job: Job | str, *, timeout: float | None = None) -> Job:
        """The job once it has ended, however it did. timeout: seconds; then raises JobNotFinished."""
        *_, last = self.follow(job, timeout=timeout)
        return last

    def result(self, job: Job | str, *, timeout: float | None = None) -> Any:
        """What the job returns. Raises JobFailed where it ends otherwise, and JobNotFinished as `wait` does."""
        ended = self.wait(job, timeout=timeout)
        if not ended.completed:
            raise JobFailed(ended)
        return ended.result

    def follow(
        self, job: Job | str, *, timeout: float | None = None, on_outage: OnOutage | None = None
    ) -> Iterator[Job]:
        """Each state of the job as it changes; the last one has ended.

        Goes on over restarts of the server, of which `on_outage` is told. Raises JobNotFinished after `timeout`
        seconds, NotFound once the job is removed.
        """
        return follow(
            self, _id(job), timeout=timeout, call_timeout=self._transport.timeout_seconds, on_outage=on_outage
        )

    def state(self, job_id: str, timeout: float) -> tuple[Job, float]:
        """As `follow` asks it: once, with the seconds after which the server wants to be asked again."""
        request = request_to(endpoints.JOB, {"job_id": job_id})
        answer = self._transport.send(request, timeout=timeout, repeat_seconds=0)
        job = read(Job, answer.json())
        polls = None if job.poll_interval_ms is None else job.poll_interval_ms / 1000
        return job, polls or answer.retry_after or POLL_SECONDS

    def stream(self, job_id: str, timeout: float) -> AbstractContextManager[Opened]:
        request = request_to(endpoints.JOB_EVENTS, {"job_id": job_id})
        return self._transport.opened(request, timeout=timeout, Accept="text/event-stream")

    # --- Acting ---------------------------------------------------------------------------------
    def cancel(self, job: Job | str) -> Job:
        """A running job is being stopped then: wait for it. Raises Conflict where it has ended."""
        return self._do(endpoints.CANCEL, query={"action": "cancel"}, job_id=_id(job))

    def retry(self, job: Job | str, *, force: bool = False) -> Job:
        """A failed or cancelled job, with force a dead one too, runs again with a fresh budget."""
        return self._do(endpoints.RETRY, query={"action": "retry", "force": force or None}, job_id=_id(job))

    def remove(self, job: Job | str, *, force: bool = False) -> Removed:
        """force: stop it first where it is running."""
        return self._do(endpoints.REMOVE, query={"action": "remove", "force": force or None}, job_id=_id(job))

    # --- Finding --------------------------------------------------------------------------------
    def search(
        self,
        query: str = "",
        *,
        type: str | None = None,  # noqa: A002  the API's word
        queue: str | None = None,
        status: str | None = None,
        related_id: str | None = None,
        correlation_id: str | None = None,
        user_id: str | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> JobPage:
        """A page of the jobs that match, the newest first, archived ones too. query: in the console's language."""
        conditions = {
            "type": type,
            "queue": queue,
            "status": status,
            "relatedId": related_id,
            "correlationId": correlation_id,
            "userId": user_id,
            "createdAfter": created_after,
            "createdBefore": created_before,
        }
        return self._get(endpoints.SEARCH, query={"q": query, "limit": limit, "cursor": cursor, **conditions})

    def search_all(self, query: str = "", **conditions: Any) -> Iterator[Job]:
        """All that match, page by page; takes what `search` takes, except the cursor."""
        cursor = None
        while True:
            page = self.search(query, **{"limit": 500, **conditions, "cursor": cursor})
            yield from page.jobs
            if (cursor := page.next_cursor) is None:
                return

    # --- Batches and workflows ------------------------------------------------------------------
    def batch(self, batch_id: str) -> Batch:
        return self._get(endpoints.BATCH, batch_id=batch_id)

    def declare_workflow(self, declared: Mapping[str, Any]) -> Workflow:
        """declared: `jobs`, `sequence` or `parallel` as docs/workflows.md says; with an `id` it is made once."""
        return self._do(endpoints.DECLARE, body=declared, repeatable=declared.get("id") is not None)

    def workflow(self, workflow_id: str) -> Workflow:
        return self._get(endpoints.WORKFLOW, workflow_id=workflow_id)

    def cancel_workflow(self, workflow_id: str) -> Workflow:
        return self._do(endpoints.CANCEL_WORKFLOW, query={"action": "cancel"}, workflow_id=workflow_id)


def _id(job: Job | str) -> str:
    return job.id if isinstance(job, Job) else job


def _options(options: JobOptions | None) -> dict[str, Any]:
    return options.as_json() if isinstance(options, Options) else dict(options or {})
