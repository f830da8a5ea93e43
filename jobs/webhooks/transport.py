"""What webhooks ask of the network, and which code answers it: the setting WEBHOOK_TRANSPORT.

A dotted path as Django's EMAIL_BACKEND is one, for the job layer imports no provider.
"""

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string


class Exchanged(Protocol):
    """How a request went. `status` is None where no answer came; then `code` and `problem` say why."""

    @property
    def status(self) -> int | None: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def cut(self) -> bool: ...
    @property
    def code(self) -> str | None: ...
    @property
    def problem(self) -> str | None: ...
    @property
    def duration_ms(self) -> int: ...


class Transport(Protocol):
    def problem_with(self, url: str) -> str | None:
        """Why this URL may not be called, as the end of a sentence that begins with the field's name."""

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Exchanged:
        """One bounded attempt, no redirects; header names of the answer in lower case. Never raises for it."""


@cache
def transport() -> Transport:
    made: Transport = import_string(settings.WEBHOOK_TRANSPORT)(
        allow_private=settings.WEBHOOK_ALLOW_PRIVATE, ports=settings.WEBHOOK_PORTS
    )
    return made


def checked_url(url: object) -> str:
    """The URL. Raises ValueError with the sentence for the caller."""
    if not isinstance(url, str):
        raise ValueError("must be a text")
    problem = transport().problem_with(url)
    if problem:
        raise ValueError(problem)
    return url


def _forget(*, setting: str, **more: object) -> None:
    if setting.startswith("WEBHOOK_"):
        transport.cache_clear()


setting_changed.connect(_forget)
