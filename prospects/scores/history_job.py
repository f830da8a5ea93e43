"""The job type `score-history`: old scores become sparse, so that daily scoring does not fill the disk."""

from typing import Any

from django.conf import settings
from django.db import transaction

from jobs.payloads import Payload
from jobs.registry import job_type
from jobs.running import RunningJob
from jobs.schedules.declarations import schedule_job

from . import statements

#: Rows deleted in one transaction.
BATCH = 5000

_THIN_OUT = """
DELETE FROM {table} WHERE id IN (
    SELECT old.id FROM {table} old
    WHERE old.computed_at < now() - %(days)s * interval '1 day'
        AND EXISTS (
            SELECT 1 FROM {table} later
            WHERE later.company_id = old.company_id AND later.computed_at > old.computed_at
                AND date_trunc('month', later.computed_at, 'UTC') = date_trunc('month', old.computed_at, 'UTC')
        ) {but}
    LIMIT %(batch)s
)
RETURNING id
"""
#: What an alert was raised about stays, whatever its age.
_BUT_ALERTS = "AND NOT EXISTS (SELECT 1 FROM prospects_healthalert alert WHERE alert.health_score_id = old.id)"
THIN_LEAD_SCORES = _THIN_OUT.format(table="prospects_leadscore", but="")
THIN_HEALTH_SCORES = _THIN_OUT.format(table="prospects_healthscore", but=_BUT_ALERTS)


class ScoreHistory(Payload):
    """Nothing: it is about all organisations."""


@job_type("score-history", payload=ScoreHistory, internal=True)
def thin_out_scores(payload: ScoreHistory, job: RunningJob) -> dict[str, Any]:
    """Of scores older than SCORE_HISTORY_DAYS keep the last of each company and month. Returns {lead, health}."""
    return {"lead": _thin_out(THIN_LEAD_SCORES, job), "health": _thin_out(THIN_HEALTH_SCORES, job)}


def _thin_out(statement: str, job: RunningJob) -> int:
    deleted, last = 0, BATCH
    while last == BATCH:
        job.check()
        with transaction.atomic():
            last = len(statements.run(statement, {"days": settings.SCORE_HISTORY_DAYS, "batch": BATCH}))
        deleted += last
    return deleted


schedule_job(
    "score-history-daily",
    cron="30 4 * * *",
    type="score-history",
    description="Old lead and health scores, of which one a month is kept.",
)
