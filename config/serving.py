"""What every web process takes for granted, whichever protocol it is served by."""

import os


def prepare() -> None:
    """Name the settings, and the defaults that differ from a worker's. Call it before Django is set up."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A request is told within a second that the database is away; a worker can wait longer.
    os.environ.setdefault("DATABASE_POOL_TIMEOUT", "0.75")
