"""Browsers that an account has used: strangers who guess its password cannot keep these out.

A signed cookie says which account it was. It signs nobody in, and is of no use for another account.
"""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

COOKIE = "known_browser"
_SALT = "accounts.known-browser"
_AGE = timedelta(days=365)


def knows(request: HttpRequest, account: str) -> bool:
    """account: the e-mail address, in lower case."""
    found = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=_AGE)
    return constant_time_compare(found or "", _digest(account))


def remember(response: HttpResponse, account: str) -> None:
    response.set_signed_cookie(
        COOKIE,
        _digest(account),
        salt=_SALT,
        max_age=_AGE,
        path="/sign-in",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _digest(account: str) -> str:
    return sha256(account.encode("utf-8", "replace")).hexdigest()
