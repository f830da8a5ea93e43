"""Who may hear of an event: the rules of jobs/reads.py `visible`, of a job that may be gone by now."""

from collections.abc import Callable

from accounts.callers import Caller
from accounts.roles import OVER_OTHERS

from .reading import Row


def hears(caller: Caller) -> Callable[[Row], bool]:
    """A test for the events of one caller. A queue's own events are everybody's who may read queues."""
    if caller.is_admin:
        return lambda row: True
    tenants, user_id = caller.tenants, caller.user_id
    manages = caller.role >= OVER_OTHERS

    def heard(row: Row) -> bool:
        if row.public_id is None:
            return True
        own = row.user_id == user_id
        if row.tenant_id is None:
            return own
        return row.tenant_id in tenants and (manages or own)

    return heard
