"""Throw-away servers with the durability of production, and a migrated database on them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.home import Home
from deploy.local.servers import VARIABLES, Servers, running_servers, start_keeper


@contextmanager
def durable_servers() -> Iterator[None]:
    """Embedded PostgreSQL and Redis as `demo` runs them; Django is set up on them inside."""
    path = Path(tempfile.mkdtemp(prefix="quarry-bench-"))
    path.chmod(0o711)
    home = Home(path).make()
    keeper = start_keeper(home, list(VARIABLES), "--discard")
    urls = running_servers(home) or {}
    os.environ.update(urls)
    os.environ.update(
        QUARRY_HOME=str(path),
        DJANGO_SETTINGS_MODULE="config.settings",
        DJANGO_SECRET_KEY="measuring",
        DJANGO_DEBUG="false",
        HTTPS_ONLY="false",
        DJANGO_ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        QUARRY_DIAGNOSTICS="1",
        QUARRY_DIAGNOSTICS_IN_PRODUCTION="1",
        SUBMISSION_RATE_LIMIT="none",
        LOG_LEVEL="WARNING",
    )
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield
    finally:
        Servers(urls, keeper).release()
        shutil.rmtree(path, ignore_errors=True)
