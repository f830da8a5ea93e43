"""Settings that are unsafe or incomplete, and what providers lack."""

from collections.abc import Iterator

from django.conf import settings

from .. import hooks
from ..checks import redis_exposure

Results = Iterator[tuple[str, str]]

SHORTEST_SECRET = 32


def providers() -> Results:
    for name, problem in hooks.provider_problems():
        yield f"Provider {name}:", problem


def system() -> Results:
    yield from hooks.system_problems()


def circuits() -> Results:
    for name, state in hooks.provider_circuits().items():
        if state is not hooks.Circuit.CLOSED:
            yield (
                f"Provider {name} failed several times in a row and is left alone.",
                ("It is tried again by itself; its last error is in Django admin, under Sources."),
            )


def settings_problems() -> Results:
    if not settings.DEBUG:
        yield from _production()
    elif settings.ALLOWED_HOSTS and not set(settings.ALLOWED_HOSTS) <= {
        "localhost",
        "127.0.0.1",
        "[::1]",
        "testserver",
    }:
        yield "DJANGO_DEBUG is on and other hosts are answered.", "Set DJANGO_DEBUG=false."
    if (settings.ALERT_EMAILS or settings.FAILURE_EMAILS) and settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield "Mail is to be sent, and only written to the log.", "Set EMAIL_HOST."


def _production() -> Results:
    if len(settings.SECRET_KEY) < SHORTEST_SECRET or settings.SECRET_KEY == "development-only-key":  # noqa: S105
        yield "DJANGO_SECRET_KEY is short.", f"Set it to {SHORTEST_SECRET} random characters or more."
    if not settings.ALLOWED_HOSTS:
        yield "No host name is answered.", "Set DJANGO_ALLOWED_HOSTS."
    if not settings.API_AUTH_REQUIRED:
        yield "The API is open to everybody as an admin.", "Set API_AUTH_REQUIRED=true."
    if settings.DIAGNOSTICS:
        yield "Job types that crash workers on purpose are registered.", "Set QUARRY_DIAGNOSTICS=false."
    if not settings.HTTPS_ONLY:
        yield "Cookies and tokens travel without encryption.", "Set HTTPS_ONLY=true."
    exposed = redis_exposure(settings.REDIS_URL)
    if exposed:
        yield exposed, "Use rediss://:password@host:port/db in REDIS_URL."
