"""Brings database and static files up to date; on request loads samples and runs a first job. One Django start."""

import argparse
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--ready", type=Path, required=True, help="is made when programs may use the database")
    parser.add_argument("--sample-data", action="store_true")
    parser.add_argument("--first-job", metavar="JSON", help="the data of an ingestion to run and to show")
    options = parser.parse_args()
    # A busy machine may take long for the first connection to a server that has just been made.
    os.environ.setdefault("DATABASE_POOL_TIMEOUT", "60")
    django.setup()
    migrate()
    collect_static_files()
    options.ready.touch()
    if options.sample_data:
        call_command("load_demo", verbosity=0)
    if options.first_job:
        print("quarry: running the first job", flush=True)
        call_command("enqueue", "ucc-ingestion", data=options.first_job, watch=True)


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
    try:
        main()
    except CommandError as error:
        sys.exit(f"quarry: {error}")
