"""What follows when filings or companies have come in: scores and matches are brought up to date.

Call these inside the transaction that stored them, such as `with job.completes():`; then the jobs exist if
and only if what they are about does.
"""

from datetime import timedelta

from jobs.running import RunningJob

from .scores.passes import enqueue_for

#: Matching goes over all prospects. States and lists that come in within this time of each other share one pass:
#: a pass leaves its work to a later one that waits (prospects/matching/job_type.py).
MATCH_AFTER = timedelta(seconds=20)


def follow_ingestion(*, job: RunningJob, state: str) -> None:
    """After filings of a state: score its prospects, and match the organisation's prospects and companies.

    The jobs are named after the one they follow, so that its second run adds none.
    """
    tenant_id = job.tenant_id or ""
    enqueue_for(tenant_id, "prospect-scores", {"state": state}, id=_id(job.id, "scores"))
    enqueue_for(tenant_id, "match-companies", {}, id=_id(job.id, "matches"), delay=MATCH_AFTER)


def follow_import(*, tenant_id: str, import_id: str) -> None:
    """After an import of companies or prospects. import_id: tells one import from another."""
    enqueue_for(tenant_id, "prospect-scores", {}, id=_id(import_id, "scores"))
    enqueue_for(tenant_id, "lead-scores", {}, id=_id(import_id, "leads"))
    enqueue_for(tenant_id, "match-companies", {}, id=_id(import_id, "matches"), delay=MATCH_AFTER)


def _id(followed: str, what: str) -> str:
    """At most 200 characters, as every job id."""
    return f"{followed[:180]}-{what}"
