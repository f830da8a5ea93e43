"""What can go wrong with a call, as one class per thing that the caller can do about it.

QuarryError
    InvalidInput        400  correct the fields
    NotAuthenticated    401  give a token that holds
    NotAllowed          403  ask for a role or scope
    NotFound            404  it does not exist, or you may not see it
    Conflict            409  its state forbids this; `code` says which
    TooLarge            413  send less
    Throttled           429  wait `retry_after` seconds
        QuotaExceeded        the month's units are used up; `quota` says how many
    Unavailable         5xx  wait and try again
        NotReachable         no answer at all
    UnexpectedAnswer         whoever answered is no Quarry that this client understands
    JobFailed, JobNotFinished
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .values import Job, Quota


class QuarryError(Exception):
    """A call that did not do what it was asked to. The text is for people and says what helps.

    status: of the HTTP answer, None where there was none. code: the server's word for the error.
    request_id: leads to the call in the server's log.
    """

    def __init__(
        self, message: str, *, status: int | None = None, code: str | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.request_id = request_id


class InvalidInput(QuarryError):
    """The request does not fit. `fields` maps each field at fault to what is wrong with it; may be empty."""

    fields: Mapping[str, str]

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.fields = dict(fields or {})


class NotAuthenticated(QuarryError):
    """There is no such token, or it was revoked or has expired."""


class NotAllowed(QuarryError):
    """The token's role or scopes do not allow this."""


class NotFound(QuarryError):
    """It does not exist, or you may not see it: the server gives the same answer to both."""


class Conflict(QuarryError):
    """The state of the thing forbids it; `code` says why, such as `job_id_in_use` or `not_retryable`."""


class TooLarge(QuarryError):
    """The body exceeds the server's limit."""


class Throttled(QuarryError):
    """Too many requests. retry_after: seconds after which one is accepted again; None where the server named none."""

    def __init__(self, message: str, *, retry_after: float | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class QuotaExceeded(Throttled):
    """The month's units are used up. The next month helps."""

    def __init__(self, message: str, *, quota: Quota, **more: Any) -> None:
        super().__init__(message, **more)
        self.quota = quota


class Unavailable(QuarryError):
    """The server, or what it needs, is down. Waiting helps. retry_after: as for Throttled."""

    def __init__(self, message: str, *, retry_after: float | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.retry_after = retry_after


class NotReachable(Unavailable):
    """No answer. sent: whether the request may have reached the server, and may have been carried out."""

    def __init__(self, message: str, *, sent: bool, **more: Any) -> None:
        super().__init__(message, **more)
        self.sent = sent


class UnexpectedAnswer(QuarryError):
    """Whoever answered does not speak as Quarry does: another program, a proxy's page, or a redirect."""


class JobFailed(QuarryError):
    """The job ended without completing. `job` is its final state."""

    def __init__(self, job: Job) -> None:
        reason = f": {job.error.message}" if job.error and job.error.message else ""
        super().__init__(f"{job.type} {job.id} {job.status}{reason}")
        self.job = job


class JobNotFinished(QuarryError):
    """The time to wait is over and the job is not. It goes on; wait again. `job` is its last known state."""

    def __init__(self, job_id: str, job: Job | None, seconds: float) -> None:
        state = f"it is {job.status}" if job else "its state is not known"
        super().__init__(f"{job_id} has not ended within {seconds:g} s; {state}. Wait for it again.")
        self.job = job
