"""Afterwards: the job that follows one which ended otherwise than completed, where its type declares one.

It is stored in the transaction that takes the notice of the end. So it exists once for each end, whatever
that was: an error, a time limit, a lost worker, a cancellation, a removal, or raw SQL.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError, transaction

from .. import registry

if TYPE_CHECKING:
    from ..actions import Submission

logger = logging.getLogger("quarry.workflows")

#: The job that stands for an end of whose type this process knows nothing; see handed_on.py.
HANDED_ON = "after-failure"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A job that failed, died, was cancelled or was removed; it may be gone."""

    public_id: str
    type: str
    tenant_id: str | None
    outcome: str


def follow(failures: Sequence[Ended]) -> None:
    """Store what follows these ends, in the surrounding transaction."""
    found = [(one, submission) for one in failures if (submission := _what_follows(one))]
    if found:
        _store(found)


def _what_follows(one: Ended) -> "Submission | None":
    # Late, for the verbs of jobs.actions call the release of which this is a part.
    from ..actions import Submission

    said = {"jobId": one.public_id, "outcome": one.outcome} | _owner(one)
    try:
        after = registry.get(one.type).after_failure
    except registry.UnknownType:
        # While releases overlap, an older process may take the notice: a worker that knows the type acts on it.
        return Submission(type=HANDED_ON, data=said | {"endedType": one.type})
    if after is None or not _is_wanted(after, one):
        return None
    return Submission(type=after.job_type, data=said)


def _store(found: "Sequence[tuple[Ended, Submission]]") -> None:
    """One that cannot be stored must not hold up the notices of all other jobs, which this transaction acts on."""
    from ..actions import enqueue_many

    try:
        with transaction.atomic():
            enqueue_many([submission for _, submission in found], within_limits=False)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(found) > 1:
            logger.warning("What follows %d ends could not be stored together; each is tried alone.", len(found))
            for one in found:
                _store([one])
        else:
            [(ended, _)] = found
            logger.exception("Job %s ended %s, and what is to follow cannot be stored", ended.public_id, ended.outcome)


def _is_wanted(after: registry.AfterFailure, one: Ended) -> bool:
    """A question that cannot be answered is no reason to leave an end unheeded."""
    try:
        with transaction.atomic():
            return after.wanted(one.public_id)
    except Exception:
        logger.exception("Whether something follows job %s could not be told; it does", one.public_id)
        return True


def _owner(one: Ended) -> dict[str, str]:
    return {"tenantId": one.tenant_id} if one.tenant_id else {}
