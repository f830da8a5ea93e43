"""The job that stands for the end of a job whose type the process that took the notice does not know.

It waits for a worker of the release that knows the type, as any job without code does: some minutes, at no cost,
and then it fails, which dead letters show and a retry mends.
"""

from .. import registry
from ..errors import NotHandledHere
from ..payloads import Payload
from ..registry import job_type
from ..running import RunningJob
from . import afterwards
from .afterwards import Ended


class UnknownEnd(Payload):
    """What the notice said. ended_type: the type of the job `job_id`, which may be gone."""

    job_id: str
    ended_type: str
    outcome: str
    tenant_id: str | None = None


@job_type(afterwards.HANDED_ON, payload=UnknownEnd, queue="default", internal=True)
def act_on_the_end(payload: UnknownEnd, job: RunningJob) -> dict[str, str]:
    try:
        registry.get(payload.ended_type)
    except registry.UnknownType:
        raise NotHandledHere(
            f"nothing here says what follows a {payload.ended_type!r} job that ended {payload.outcome}; "
            "deploy the app that registers the type and retry",
            code="unknown_type",
        ) from None
    result = {"jobId": payload.job_id, "outcome": payload.outcome}
    with job.completes(result):
        afterwards.follow(
            [
                Ended(
                    public_id=payload.job_id,
                    type=payload.ended_type,
                    tenant_id=payload.tenant_id,
                    outcome=payload.outcome,
                )
            ]
        )
    return result
