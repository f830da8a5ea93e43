"""From the ids a caller names in `dependsOn` to edges that may be stored."""

from collections.abc import Sequence

from accounts.callers import Caller

from .. import reads
from ..ledger.edges import Edge
from ..payloads import InvalidPayload
from ..states import Status
from .words import FAIL

FIELD = "options.dependsOn"


def edges_of(ids: Sequence[str], on_failure: str | None, *, own_id: str | None, caller: Caller) -> tuple[Edge, ...]:
    """Edges to the named jobs. Raises InvalidPayload for a job that is not there, not visible, or the job itself."""
    if not ids:
        if on_failure is not None:
            raise InvalidPayload({"options.onDependencyFailure": "needs options.dependsOn beside it"})
        return ()
    if own_id is not None and own_id in ids:
        raise InvalidPayload({FIELD: f"names the job itself, {own_id}; a job cannot wait for itself"})
    found = reads.visible(caller).filter(public_id__in=ids).values_list("public_id", "id", "status")
    known = {public_id: (key, status) for public_id, key, status in found}
    for word in ids:
        if word not in known:
            raise InvalidPayload({FIELD: f"names {word}, and there is no such job, or you may not see it"})
    return tuple(
        Edge(
            depends_on_id=known[word][0],
            depends_on=word,
            on_failure=on_failure or FAIL,
            completed=known[word][1] == Status.COMPLETED,
        )
        for word in ids
    )
