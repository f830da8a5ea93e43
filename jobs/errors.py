"""The error classes of the job layer, and `classify_error`, which every retry decision asks."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from .retry_after import retry_after_seconds

RATE_LIMIT_WAIT_SECONDS = 60.0
#: Characters that are kept of an error.
MOST_OF_A_CODE = 100
MOST_OF_A_MESSAGE = 2000


class ErrorClass(StrEnum):
    RATE_LIMIT = "RATE_LIMIT"
    NETWORK_ERROR = "NETWORK_ERROR"
    JUDGE_REJECTION = "JUDGE_REJECTION"
    API_ERROR = "API_ERROR"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    UNKNOWN = "UNKNOWN"


RETRYABLE = frozenset({ErrorClass.RATE_LIMIT, ErrorClass.NETWORK_ERROR, ErrorClass.JUDGE_REJECTION, ErrorClass.UNKNOWN})
#: Base waits that replace a queue's own on the pipeline queues.
CLASS_BASE_MS = {ErrorClass.NETWORK_ERROR: 10_000}
CLASS_BASE_DEFAULT_MS = 5_000


class JobError(Exception):
    """A failure whose class the raiser knows. `code` is a stable word for programs to match."""

    error_class = ErrorClass.UNKNOWN
    code = "error"

    def __init__(self, message: str = "", *, code: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message or self.__class__.__doc__ or self.__class__.__name__)
        if code:
            self.code = code
        #: Seconds the other side asked us to wait, where it did.
        self.retry_after = retry_after


class RateLimited(JobError):
    """The other side asks for a pause. Waiting helps."""

    error_class = ErrorClass.RATE_LIMIT
    code = "rate_limited"


class ProcessDied(JobError):
    """The job's own process died while it ran. Never raised: it names what was found afterwards."""


class WorkerLost(JobError):
    """The worker went away with the job. Never raised: it names what was found afterwards."""


class DependencyFailed(JobError):
    """A job that this one depends on did not complete. Never raised: it names why the job did not run."""


class NetworkError(JobError):
    """The other side could not be reached or did not answer in time. Waiting helps."""

    error_class = ErrorClass.NETWORK_ERROR
    code = "network_error"


class JobTimeout(NetworkError):
    """The job ran longer than its time limit."""

    code = "job_timeout"


class ApiError(JobError):
    """The other side refused the call. Trying again cannot help."""

    error_class = ErrorClass.API_ERROR
    code = "api_error"


class InvalidInput(JobError):
    """The job's input is wrong or names something that does not exist. Trying again cannot help."""

    error_class = ErrorClass.VALIDATION_ERROR
    code = "invalid_input"


class NotHandledHere(InvalidInput):
    """This process has no code for the job, or another version's. A worker of another release may have it."""


class NoConnection(JobError):
    """No database connection came free in time: raise DATABASE_POOL_SIZE, or see whether PostgreSQL is there."""

    code = "no_connection"


class JudgeRejection(JobError):
    """The judge rejected the analysis."""

    error_class = ErrorClass.JUDGE_REJECTION
    code = "judge_rejection"


class JobStopped(BaseException):
    """Raised inside a handler that must stop: cancelled, timed out, or the worker shuts down.

    Not an Exception, so that a handler's `except Exception` cannot swallow its own time limit.
    """


class ClaimLost(JobStopped):
    """Another run owns the job now; whatever this one holds back must not be committed."""


@dataclass(frozen=True, kw_only=True)
class Classified:
    """What became of an error: its class, whether to retry, and the wait the other side asked for."""

    error_class: ErrorClass
    code: str
    message: str
    retryable: bool
    retry_after: float | None = None

    @property
    def delay(self) -> float | None:
        """Seconds to wait whatever the queue's formula says; None where the formula decides."""
        if self.error_class is ErrorClass.RATE_LIMIT:
            return RATE_LIMIT_WAIT_SECONDS if self.retry_after is None else self.retry_after
        return None


def dotted_name(error: BaseException) -> str:
    """The exception's class as an import path, such as `builtins.ValueError`."""
    return f"{type(error).__module__}.{type(error).__qualname__}"


def classify_error(error: BaseException) -> Classified:
    """Class, retryability and wait of an error, following the causes it wraps.

    Asked in this order, each over the whole chain: an explicit class, an HTTP status, the
    exception's type, words in its message. What none of them knows is UNKNOWN, which retries.
    """
    chain = list(_chain(error))
    for ask in (_explicit, _by_status, _by_type, _by_message):
        for link in chain:
            found = ask(link)
            if found is not None:
                return _result(found, link, error)
    return _result(ErrorClass.UNKNOWN, error, error)


def _result(found: ErrorClass, link: BaseException, outer: BaseException) -> Classified:
    code = _asked(link, "code")
    return Classified(
        error_class=found,
        code=code if isinstance(code, str) else found.value.lower(),
        message=_words(outer) or type(outer).__name__,
        retryable=found in RETRYABLE,
        retry_after=_retry_after(link),
    )


def _asked(holder: object, name: str) -> Any:
    """An attribute; None where there is none, or where asking for it fails: a failure must end as one."""
    try:
        return getattr(holder, name, None)
    except Exception:  # noqa: BLE001  whoever wrote the exception may raise anything
        return None


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  as above
        return f"{type(error).__name__}, whose message cannot be read"


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _explicit(error: BaseException) -> ErrorClass | None:
    given = _asked(error, "error_class")
    try:
        return ErrorClass(given) if given else None
    except ValueError:
        return None


def _http_status(error: BaseException) -> int | None:
    for holder in (error, _asked(error, "response")):
        for name in ("status_code", "status"):
            status = _asked(holder, name)
            if isinstance(status, int) and 100 <= status <= 599:
                return int(status)
    return None


def _by_status(error: BaseException) -> ErrorClass | None:
    status = _http_status(error)
    if status is None or status < 400:
        return None
    if status == 429:
        return ErrorClass.RATE_LIMIT
    if status in {408, 502, 503, 504}:
        return ErrorClass.NETWORK_ERROR
    if status in {400, 422}:
        return ErrorClass.VALIDATION_ERROR
    return ErrorClass.API_ERROR if status < 500 else ErrorClass.UNKNOWN


def _by_type(error: BaseException) -> ErrorClass | None:
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror | socket.herror):
        return ErrorClass.NETWORK_ERROR
    names = {base.__name__ for base in type(error).__mro__}
    if names & {"TransportError", "ConnectError", "ConnectTimeout", "ReadTimeout", "APIConnectionError"}:
        return ErrorClass.NETWORK_ERROR
    if names & {"ValidationError", "ObjectDoesNotExist"}:
        return ErrorClass.VALIDATION_ERROR
    return None


_PHRASES = (
    (ErrorClass.RATE_LIMIT, ("rate limit", "too many requests")),
    (
        ErrorClass.NETWORK_ERROR,
        (
            "econnrefused",
            "econnreset",
            "etimedout",
            "enotfound",
            "connection refused",
            "connection reset",
            "network is unreachable",
            "name or service not known",
            "timed out",
            "timeout",
        ),
    ),
    (ErrorClass.API_ERROR, ("unauthorized", "forbidden", "invalid api key")),
    (ErrorClass.VALIDATION_ERROR, ("validation", "invalid input")),
)


def _by_message(error: BaseException) -> ErrorClass | None:
    text = _words(error).lower()
    for found, phrases in _PHRASES:
        if any(phrase in text for phrase in phrases):
            return found
    return None


def _retry_after(error: BaseException) -> float | None:
    given: Any = _asked(error, "retry_after")
    if given is None:
        headers = _asked(_asked(error, "response"), "headers")
        given = headers.get("Retry-After") if hasattr(headers, "get") else None
    return retry_after_seconds(given, now=datetime.now(UTC))


def wait_ms(classified: Classified, *, base_ms: int, factor: float, n: int, class_waits: bool) -> int:
    """The wait before retry n, in milliseconds, without jitter."""
    if classified.delay is not None:
        return round(classified.delay * 1000)
    if class_waits:
        base_ms = CLASS_BASE_MS.get(classified.error_class, base_ms)
    return round(base_ms * factor**n)


def as_shown(known: Classified, *, kind: str, at: datetime) -> dict[str, Any]:
    """The error as the API shows it. `type` is the error class; `exception`, the Python class, is for admins."""
    return {
        "type": str(known.error_class),
        "code": storable(known.code[:MOST_OF_A_CODE]),
        "message": storable(known.message[:MOST_OF_A_MESSAGE]),
        "retryable": known.retryable,
        "retryAfterSeconds": known.retry_after,
        "exception": kind,
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
    }


def storable(text: str) -> str:
    """A text without what PostgreSQL refuses: NUL, and halves of surrogate pairs."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
