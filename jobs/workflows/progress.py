"""Progress: the counts and the status of workflows follow the jobs they are made of."""

from collections.abc import Mapping

from django.db import connection

# Locked before the steps are read: of two passes that each see one of the last two jobs end, the later
# one counts both.
_LOCK = """
SELECT w.id FROM jobs_workflow w WHERE w.id IN (SELECT workflow_id FROM jobs_step WHERE job_id = ANY(%s))
ORDER BY w.id FOR NO KEY UPDATE
"""
_STEPS = """
WITH noted AS (SELECT * FROM unnest(%(ids)s::bigint[], %(outcomes)s::text[]) AS n (id, outcome)),
now_so AS (
    SELECT s.id, CASE WHEN j.id IS NULL THEN COALESCE(n.outcome, s.outcome, 'removed')
        WHEN j.finished_at IS NOT NULL THEN j.status END AS outcome
    FROM noted n JOIN jobs_step s ON s.job_id = n.id LEFT JOIN jobs_job j ON j.id = s.job_id
)
UPDATE jobs_step s SET outcome = o.outcome FROM now_so o WHERE s.id = o.id AND s.outcome IS DISTINCT FROM o.outcome
"""
_COUNTS = """
WITH counted AS (
    SELECT workflow_id, count(*) FILTER (WHERE outcome = 'completed') AS completed,
        count(*) FILTER (WHERE outcome IN ('failed', 'dead')) AS failed,
        count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,
        count(*) FILTER (WHERE outcome = 'removed') AS removed,
        bool_and(outcome IS NOT NULL) AS ended
    FROM jobs_step WHERE workflow_id = ANY(%s) GROUP BY workflow_id
)
UPDATE jobs_workflow w SET completed = c.completed, failed = c.failed, cancelled = c.cancelled, removed = c.removed,
    status = CASE WHEN NOT c.ended THEN 'running' WHEN c.failed > 0 THEN 'failed'
        WHEN c.cancelled + c.removed > 0 THEN 'cancelled' ELSE 'completed' END,
    finished_at = CASE WHEN c.ended THEN COALESCE(w.finished_at, clock_timestamp()) END
FROM counted c WHERE w.id = c.workflow_id
"""


def follow(crossed: Mapping[int, str | None]) -> None:
    """Jobs ended or came back: write down what became of them in their workflows."""
    if not crossed:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(crossed)])
        workflows = [row[0] for row in cursor.fetchall()]
        if workflows:
            cursor.execute(_STEPS, {"ids": list(crossed), "outcomes": list(crossed.values())})
            cursor.execute(_COUNTS, [workflows])
