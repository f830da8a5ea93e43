"""A typed client for a Quarry server, on the standard library alone.

    from quarry_client import Options, QuarryClient

See docs/client.md. `python3 -m quarry_client --help` is the command line.
"""

from .client import QuarryClient
from .errors import (
    Conflict,
    InvalidInput,
    JobFailed,
    JobNotFinished,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReachable,
    QuarryError,
    QuotaExceeded,
    Throttled,
    TooLarge,
    Unavailable,
    UnexpectedAnswer,
)
from .values import Job, JobStatus, Options

__all__ = [
    "Conflict",
    "InvalidInput",
    "Job",
    "JobFailed",
    "JobNotFinished",
    "JobStatus",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "NotReachable",
    "Options",
    "QuarryClient",
    "QuarryError",
    "QuotaExceeded",
    "Throttled",
    "TooLarge",
    "Unavailable",
    "UnexpectedAnswer",
]
