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
    for one in failures:
        if not _is_known(one.type):
            _hand_on(one)
    wanted = [(after.job_type, one) for one in failures if (after := _after(one)) and _is_wanted(after, one)]
    if not wanted:
        return
    # Late, for the verbs of jobs.actions call the release of which this is a part.
    from ..actions import Submission

    for job_type, one in wanted:
        data = {"jobId": one.public_id, "outcome": one.outcome} | _owner(one)
        _store(Submission(type=job_type, data=data), one)


def _store(submission: "Submission", one: Ended) -> None:
    """One that cannot be stored must not hold up the notices of all other jobs, which this transaction acts on."""
    from ..actions import enqueue_many

    try:
        with transaction.atomic():
            enqueue_many([submission], within_limits=False)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Job %s ended %s, and what is to follow cannot be stored", one.public_id, one.outcome)


def _is_known(type_name: str) -> bool:
    try:
        return bool(registry.get(type_name))
    except registry.UnknownType:
        return False


def _hand_on(one: Ended) -> None:
    """While releases overlap, an older process may take the notice: a worker that knows the type acts on it."""
    from ..actions import Submission

    data = {"jobId": one.public_id, "endedType": one.type, "outcome": one.outcome} | _owner(one)
    _store(Submission(type=HANDED_ON, data=data), one)


def _after(one: Ended) -> registry.AfterFailure | None:
    try:
        return registry.get(one.type).after_failure
    except registry.UnknownType:
        return None


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
