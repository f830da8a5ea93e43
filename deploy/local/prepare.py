"""Brings database and static files up to date, and on request loads sample data: one Django start."""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    # A busy machine may take long for the first connection to a server that has just been made.
    os.environ.setdefault("DATABASE_POOL_TIMEOUT", "60")
    django.setup()
    migrate()
    collect_static_files()
    if "--sample-data" in sys.argv[1:]:
        call_command("load_demo")


def migrate() -> None:
    """Run `migrate` if anything is missing: even with nothing to do it takes half a second."""
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if steps:
        print(f"quarry: bringing the database up to date ({len(steps)} steps)", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def collect_static_files() -> None:
    """In development they are served from where they lie."""
    if not settings.DEBUG:
        call_command("collectstatic", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
