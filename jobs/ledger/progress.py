"""Progress and log lines of running jobs."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from .note import note, wake_after_commit


@dataclass(frozen=True, kw_only=True)
class Step:
    """A progress report of one run; percent is 0 to 100."""

    job_id: int
    run: int
    percent: int
    stage: str


_NOTE = note(
    "w",
    "'progress'",
    payload="jsonb_build_object('progress', g.percent, 'stage', g.stage)",
    source="given g JOIN written w ON w.id = g.id AND w.run = g.run ORDER BY g.place",
)
_PROGRESS = f"""
WITH given AS (
    SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[]) WITH ORDINALITY
        AS g (id, run, percent, stage, place)
), latest AS (
    SELECT DISTINCT ON (id, run) id, run, percent, stage FROM given ORDER BY id, run, place DESC
), picked AS (
    SELECT j.id, l.percent, l.stage FROM jobs_job j JOIN latest l ON j.id = l.id
    WHERE j.run = l.run AND j.status LIKE 'active' ORDER BY j.id FOR NO KEY UPDATE OF j
), written AS (
    UPDATE jobs_job j SET progress = GREATEST(j.progress, l.percent), stage = l.stage,
        updated_at = clock_timestamp()
    FROM picked l WHERE j.id = l.id
    RETURNING j.id, j.run, j.public_id, j.queue, j.type, j.tenant_id, j.user_id
), noted AS (
    {_NOTE}
)
SELECT id, run FROM written
"""  # noqa: S608


def write_progress(steps: Sequence[Step]) -> set[tuple[int, int]]:
    """Store steps in order. Returns the (job id, run) pairs that still own their job."""
    if not steps:
        return set()
    columns: list[list[object]] = [
        [step.job_id for step in steps],
        [step.run for step in steps],
        [step.percent for step in steps],
        [step.stage for step in steps],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PROGRESS, columns)
        owned = {(row[0], row[1]) for row in cursor.fetchall()}
    if owned:
        wake_after_commit()
    return owned


_KNOWN = "SELECT progress, stage FROM jobs_job WHERE id = %s AND run = %s AND status = 'active' FOR NO KEY UPDATE"


def write_missing(steps: Sequence[Step]) -> None:
    """Store those of one run's newest steps that the ledger does not have yet, in order.

    For a run that is about to settle itself: whoever writes its steps meanwhile waits for the surrounding
    transaction, and finds the run over.
    """
    if not steps:
        return
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [steps[-1].job_id, steps[-1].run])
        known = cursor.fetchone()
    if known is None:
        return
    seen = [place for place, step in enumerate(steps) if (step.percent, step.stage) == known]
    write_progress(steps[seen[-1] + 1 :] if seen else steps)


@dataclass(frozen=True, kw_only=True)
class Line:
    job_id: int
    run: int
    text: str


# A job removed meanwhile takes no lines; the join drops them instead of failing the batch.
_LINES = """
INSERT INTO jobs_logline (job_id, run, text)
SELECT g.id, g.run, g.text
FROM unnest(%s::bigint[], %s::int[], %s::text[]) WITH ORDINALITY AS g (id, run, text, place)
JOIN jobs_job j ON j.id = g.id ORDER BY g.place
"""


def write_lines(lines: Sequence[Line]) -> None:
    if not lines:
        return
    columns: list[list[object]] = [
        [line.job_id for line in lines],
        [line.run for line in lines],
        [line.text for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_LINES, columns)
