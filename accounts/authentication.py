"""How the REST API learns who asks: bearer tokens and browser sessions."""

from dataclasses import dataclass
from typing import Any

from rest_framework import authentication
from rest_framework.request import Request

from .callers import Caller, bearer_secret, caller_with_secret
from .models import User


@dataclass(frozen=True, kw_only=True)
class ServicePrincipal:
    """`request.user` of a service token for which no user answers."""

    caller: Caller

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False
    pk = None

    def __str__(self) -> str:
        return self.caller.name

    def get_username(self) -> str:
        return self.caller.user_id


class BearerAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. Sets `request.auth` to the Caller."""

    def authenticate(self, request: Request) -> tuple[User | ServicePrincipal, Caller] | None:
        secret = bearer_secret(request._request)
        if secret is None:
            return None
        token, caller = caller_with_secret(secret)
        return token.user or ServicePrincipal(caller=caller), caller

    def authenticate_header(self, request: Request) -> str:
        """First in the settings' list, so this is what every 401 of the API answers with."""
        return 'Bearer realm="quarry"'


class SessionAuthentication(authentication.SessionAuthentication):
    """A signed-in browser, with CSRF check. The Caller is worked out when `caller_of` first asks."""

    def authenticate_header(self, request: Request) -> Any:
        # For a view that allows sessions only: without a header REST framework would turn 401 into 403.
        return 'Session realm="quarry"'
