"""Exit codes, which scripts ask for, and what to tell the person whose command went wrong."""

from ..errors import (
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
)

OK = 0
#: The job ended without completing, was removed, or the server is unhealthy.
FAILED = 1
#: The command line or what it sent is wrong; argparse ends with this too.
INVALID = 2
UNREACHABLE = 3
DENIED = 4
NOT_FOUND = 5
CONFLICT = 6
THROTTLED = 7
NOT_FINISHED = 8
INTERRUPTED = 130
BROKEN_PIPE = 141

_CODES: tuple[tuple[type[QuarryError], int], ...] = (
    (JobFailed, FAILED),
    (JobNotFinished, NOT_FINISHED),
    (InvalidInput, INVALID),
    (TooLarge, INVALID),
    (NotAuthenticated, DENIED),
    (NotAllowed, DENIED),
    (NotFound, NOT_FOUND),
    (Conflict, CONFLICT),
    (Throttled, THROTTLED),
    (Unavailable, UNREACHABLE),
)


def code_of(error: QuarryError) -> int:
    """3 for whatever answers in a way that this client does not understand, too."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), UNREACHABLE)


def told(error: QuarryError) -> str:
    """The error in words, its fields, and what helps."""
    lines = [error.message]
    fields = error.fields if isinstance(error, InvalidInput) else {}
    if len(fields) > 1:
        lines = ["The server does not take this:", *(f"  {name} {text}" for name, text in fields.items())]
    return "\n".join([*lines, *filter(None, [_remedy(error)])])


def _remedy(error: QuarryError) -> str | None:
    if isinstance(error, NotAuthenticated):
        return "Give a token that holds in QUARRY_TOKEN or --token-file; `manage.py create_token` makes one."
    if isinstance(error, NotAllowed):
        return "Ask an administrator for a token with another role or scope."
    if isinstance(error, QuotaExceeded):
        quota = error.quota
        return f"{quota.researches_used} of {quota.researches_limit} researches of this month are used."
    if isinstance(error, NotReachable) and not error.sent:
        return "Check QUARRY_URL or --url, and that the server runs."
    if isinstance(error, NotReachable):
        return "It may have been done all the same: look before you repeat it."
    return None
