"""PostgreSQL: whether it answers, fits, keeps up, and tells the same time."""

import time
from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from .. import health

Results = Iterator[tuple[str, str]]

OLDEST_VERSION = 14
LONG_TRANSACTION_SECONDS = 300
#: Share of max_connections above which new programs may soon find none.
CONNECTIONS_SHARE = 0.85
#: Dead rows beside live ones at which vacuum has fallen behind.
DEAD_ROWS, DEAD_SHARE = 50_000, 0.3
SKEW_SECONDS = 2.0


def reachable() -> Results:
    problem = health.database_problem()
    if problem:
        what, _, cure = problem.rstrip(".").rpartition("; ")
        yield f"{what}.", f"{cure[:1].upper()}{cure[1:]}."


def migrated() -> Results:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in plan[:3])
        yield f"{len(plan)} migrations are not applied ({names}).", "Run: python manage.py migrate"


def version() -> Results:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000, current_setting('server_version')")
        major, full = cursor.fetchone()
    if major < OLDEST_VERSION:
        yield f"PostgreSQL is {full}.", f"Upgrade it to {OLDEST_VERSION} or later."


def connections() -> Results:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
            "current_setting('max_connections')::int"
        )
        used, most = cursor.fetchone()
    if used > most * CONNECTIONS_SHARE:
        yield (
            f"{used} of PostgreSQL's {most} connections are in use.",
            "Raise max_connections, or lower DATABASE_POOL_SIZE or the number of processes.",
        )


def long_transactions() -> Results:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pid, COALESCE(NULLIF(application_name, ''), 'a program without name'), state,
                extract(epoch FROM clock_timestamp() - xact_start)::int
            FROM pg_stat_activity
            WHERE datname = current_database() AND xact_start < clock_timestamp() - %s * interval '1 second'
              AND pid <> pg_backend_pid() ORDER BY xact_start LIMIT 3
            """,
            [LONG_TRANSACTION_SECONDS],
        )
        for pid, name, state, seconds in cursor.fetchall():
            yield (
                f"{name} (pid {pid}, {state}) holds a transaction open for {seconds} s; vacuum cannot clean.",
                f"End it, or: SELECT pg_terminate_backend({pid});",
            )


def vacuum() -> Results:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_live_tup, n_dead_tup, last_autovacuum FROM pg_stat_user_tables WHERE relname = 'jobs_job'"
        )
        row = cursor.fetchone()
    if row is None:
        return
    live, dead, last = row
    if dead > DEAD_ROWS and dead > live * DEAD_SHARE:
        since = f"last cleaned {last:%Y-%m-%d %H:%M}" if last else "never cleaned"
        yield f"jobs_job holds {dead:,} dead rows beside {live:,} live ones, {since}.", "Run: VACUUM ANALYZE jobs_job;"


def clock_skew() -> Results:
    before = time.time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        theirs = cursor.fetchone()[0]
    skew = theirs - (before + time.time()) / 2
    if abs(skew) > SKEW_SECONDS:
        yield (
            f"This host's clock is {abs(skew):.1f} s {'behind' if skew > 0 else 'ahead of'} PostgreSQL's.",
            "Synchronise both hosts (NTP); jobs run by PostgreSQL's clock, logs by each host's.",
        )
