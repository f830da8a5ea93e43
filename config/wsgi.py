"""The WSGI application that gunicorn serves."""

from django.core.wsgi import get_wsgi_application

from .serving import prepare

prepare()
application = get_wsgi_application()

from . import urls  # noqa: E402, F401  loaded now, so that the first request does not wait for it
