"""Whether callers of open streams are still who they were: asked of the database once for all their streams."""

import threading
import time

from django.db import DatabaseError, InterfaceError

from accounts.callers import Caller
from accounts.credentials import Credential, caller_now

#: Seconds that an answer holds for the other streams of the same token or session.
HOLDS_SECONDS = 20.0

_answers: dict[Credential, tuple[float, Caller | None]] = {}
_lock = threading.Lock()


def still(credential: Credential, caller: Caller) -> bool:
    """False once the token or session has ended, or gives other rights than when the stream began.

    While the database is away nothing has ended: there is nothing to be told either.
    """
    known = _known(credential)
    if known is None:
        try:
            known = caller_now(credential)
        except (DatabaseError, InterfaceError):
            return True
        _keep(credential, known)
    return known == caller


def _known(credential: Credential) -> Caller | None:
    with _lock:
        at, caller = _answers.get(credential, (-HOLDS_SECONDS, None))
    return caller if time.monotonic() - at < HOLDS_SECONDS else None


def _keep(credential: Credential, caller: Caller | None) -> None:
    now = time.monotonic()
    with _lock:
        for old in [key for key, (at, _) in _answers.items() if now - at >= HOLDS_SECONDS]:
            del _answers[old]
        _answers[credential] = (now, caller)
