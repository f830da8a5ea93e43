"""The job type `signal`: one event at a company, as an outer system reported it."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from jobs.payloads import EntityId, Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.timestamps import in_utc

from ..companies import ensure_company
from .storing import store_signal


class SignalReport(Payload):
    """data: whatever the reporter knows; `occurredAt` in it (ISO 8601 with a zone) dates the signal."""

    signal_id: EntityId
    signal_type: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"\S", strip_whitespace=True)]
    company_id: EntityId
    data: dict[str, Any]


@job_type("signal", payload=SignalReport, related="company_id")
def receive_signal(payload: SignalReport, job: RunningJob) -> dict[str, Any]:
    """Stored and counted once per signal id and organisation, however often it is sent or run.

    A company that nobody has told of yet is made, so that no signal is lost.
    """
    job.progress(0, "received")
    job.progress(50, f"storing a signal of {payload.company_id}")
    with job.completes() as completion:
        company = ensure_company(tenant_id=job.tenant_id or "", key=payload.company_id)
        stored = store_signal(
            company=company,
            signal_id=payload.signal_id,
            signal_type=payload.signal_type,
            data=payload.data,
            occurred_at=_occurred_at(payload.data),
        )
        completion.result = {"signalId": payload.signal_id, "stored": stored, "duplicate": not stored}
    return dict(completion.result)


def _occurred_at(data: dict[str, Any]) -> datetime | None:
    """When the reporter says it happened. None where it does not say, says it unclearly, or names the future."""
    try:
        said = datetime.fromisoformat(str(data.get("occurredAt")))
        return in_utc(said) if said.tzinfo is not None and said <= datetime.now(UTC) else None
    except ValueError:
        return None
