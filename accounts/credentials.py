"""What a long-lived answer remembers of its request, to ask again whether its caller is still welcome."""

from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed

from .callers import Caller, find_caller


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A bearer header or the key of a session; neither, where the API asks for none."""

    authorization: str = field(default="", repr=False)
    session_key: str | None = field(default=None, repr=False)


def credential_of(request: HttpRequest) -> Credential:
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    session = getattr(request, "session", None)
    return Credential(
        authorization=authorization, session_key=session.session_key if session and not authorization else None
    )


def caller_now(credential: Credential) -> Caller | None:
    """The caller as of now; None once the token is revoked or expired, the session ended, the user inactive."""
    request = HttpRequest()
    if credential.authorization:
        request.META["HTTP_AUTHORIZATION"] = credential.authorization
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(credential.session_key)
    request.user = get_user(request)
    try:
        return find_caller(request)
    except AuthenticationFailed:
        return None
