"""Folding: what the trigger appended is added to the minute, the hour and all time, in one statement."""

from datetime import timedelta

from django.db import connection

MINUTES_KEPT = timedelta(days=2)
HOURS_KEPT = timedelta(days=400)

# Ordered, so that two folds at once lock the rows in the same order.
_FOLD = """
WITH folded AS (
    DELETE FROM jobs_rollupdelta WHERE id IN (
        SELECT id FROM jobs_rollupdelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING at, queue, type, kind, label, bucket, number, total_ms
), by_bucket AS (
    SELECT s.seconds AS step_seconds,
        CASE s.seconds WHEN 0 THEN to_timestamp(0)
            WHEN 60 THEN date_bin('1 minute', f.at, to_timestamp(0))
            ELSE date_bin('1 hour', f.at, to_timestamp(0)) END AS start,
        f.queue, f.type, f.kind, f.label, f.bucket, sum(f.number) AS number, sum(f.total_ms) AS total_ms
    FROM folded f CROSS JOIN (VALUES (0), (60), (3600)) s (seconds) GROUP BY 1, 2, 3, 4, 5, 6, 7
), gathered AS (
    SELECT step_seconds, start, queue, type, kind, label, sum(number) AS number, sum(total_ms) AS total_ms,
        COALESCE(jsonb_object_agg(bucket, number) FILTER (WHERE bucket IS NOT NULL), '{}') AS buckets
    FROM by_bucket GROUP BY 1, 2, 3, 4, 5, 6
)
INSERT INTO jobs_rollup AS r (step_seconds, start, queue, type, kind, label, number, total_ms, buckets)
SELECT * FROM gathered ORDER BY step_seconds, queue, start, type, kind, label
ON CONFLICT (step_seconds, queue, start, type, kind, label) DO UPDATE SET
    number = r.number + excluded.number, total_ms = r.total_ms + excluded.total_ms,
    buckets = jobs_tally(r.buckets, excluded.buckets)
"""
_FORGET = """
DELETE FROM jobs_rollup WHERE id IN (
    SELECT id FROM jobs_rollup WHERE step_seconds = %s AND start < clock_timestamp() - %s * interval '1 second'
    ORDER BY start LIMIT 50000
)
"""


def fold(limit: int = 50_000) -> None:
    """Bring the figures of the charts up to date.

    Moves appended changes into the rollups; readers see the same sums before and after.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FOLD, [limit])


def forget() -> None:
    """Minutes after two days, hours after 400; the sums of all time stay."""
    with connection.cursor() as cursor:
        for seconds, kept in ((60, MINUTES_KEPT), (3600, HOURS_KEPT)):
            cursor.execute(_FORGET, [seconds, kept.total_seconds()])
