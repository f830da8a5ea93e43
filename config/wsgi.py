"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A request is told within a second that the database is away; a worker can wait longer.
os.environ.setdefault("DATABASE_POOL_TIMEOUT", "0.75")
application = get_wsgi_application()

from . import urls  # noqa: E402, F401  loaded now, so that the first request does not wait for it
