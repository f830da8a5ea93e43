"""The ASGI application that gunicorn serves: pages and API in threads, event streams without."""

import django

from .serving import prepare

prepare()
django.setup()

from django.conf import settings  # noqa: E402  after the set-up

from jobs.events.registry import registry  # noqa: E402

from . import urls  # noqa: E402, F401  loaded once, for all processes that gunicorn forks
from .bridge import Bridge  # noqa: E402


def _stop_streams() -> None:
    registry().send_all_away("The server is being restarted; resume where you were.")


application = Bridge(
    threads=settings.WEB_THREADS,
    stop_streams=_stop_streams,
    # The API refuses what is larger than it takes; so does Django, files of lists aside.
    largest_body=max(settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.MAX_IMPORT_BYTES + 65_536),
)
