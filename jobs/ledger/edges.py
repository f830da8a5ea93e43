"""Edges: which jobs a new job waits for, stored beside it in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One job to wait for. completed: it has already, and holds nothing back."""

    depends_on_id: int
    depends_on: str
    on_failure: str
    name: str = ""
    completed: bool = False


_INSERT = """
INSERT INTO jobs_dependency (job_id, depends_on_id, depends_on, name, on_failure, outcome, satisfied_at)
SELECT g.job_id, g.depends_on_id, g.depends_on, g.name, g.on_failure,
    CASE WHEN g.completed THEN 'completed' END, CASE WHEN g.completed THEN clock_timestamp() END
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bool[])
    AS g (job_id, depends_on_id, depends_on, name, on_failure, completed)
"""
# The jobs waited for are not locked here: the caller's transaction may be long, and would hold up a
# worker's settlements. They are marked as followed by whoever reads the notice, after the commit.
_CHECK = "INSERT INTO jobs_notice (job_id, check_job) SELECT unnest(%s::bigint[]), true"


def insert_edges(edges: Sequence[tuple[int, Edge]]) -> None:
    """Store (job id, edge) pairs."""
    columns: list[list[object]] = [
        [job_id for job_id, _ in edges],
        [edge.depends_on_id for _, edge in edges],
        [edge.depends_on for _, edge in edges],
        [edge.name for _, edge in edges],
        [edge.on_failure for _, edge in edges],
        [edge.completed for _, edge in edges],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)


def ask_for_check(job_ids: Iterable[int]) -> None:
    """Have the jobs' dependencies looked at once this transaction has committed."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECK, [list(job_ids)])
