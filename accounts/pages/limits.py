"""Guessing is slow: how often an address may try a password or ask for mail."""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest

from ..models import Tries


@dataclass(frozen=True, kw_only=True)
class Limit:
    """`most` tries in `window`; `what` tells keys of different limits apart."""

    what: str
    most: int
    window: timedelta


#: Wrong passwords of one account from one address: enough for a person who mistypes.
ACCOUNT = Limit(what="sign-in", most=5, window=timedelta(minutes=10))
#: Wrong passwords from one address whatever the account: against trying one password on many.
ADDRESS = Limit(what="sign-ins", most=50, window=timedelta(minutes=10))
#: Wrong passwords of one account from all addresses together, against guessing from many machines. Whoever can
#: exceed it could keep the owner out, so it does not hold for a browser that has signed in before (known.py).
ANYWHERE = Limit(what="account", most=20, window=timedelta(minutes=15))
#: Reset mails to one account, and asked for by one address.
MAIL_ACCOUNT = Limit(what="mail", most=3, window=timedelta(hours=1))
MAIL_ADDRESS = Limit(what="mails", most=20, window=timedelta(hours=1))


def spend(*tries: tuple[Limit, str]) -> int:
    """Count a try under each limit. Returns 0, or the seconds to wait where one is exceeded."""
    wait = 0
    for limit, who in tries:
        made, seconds = Tries.objects.count_one(_key(limit, who), window=limit.window)
        if made > limit.most:
            wait = max(wait, seconds)
    return wait


def forgive(*tries: tuple[Limit, str]) -> None:
    Tries.objects.forget(*(_key(limit, who) for limit, who in tries))


def address_of(request: HttpRequest) -> str:
    """The client's address; behind a proxy the one that the proxy saw. An IPv6 client counts as its /64."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        seen = request.headers.get("X-Forwarded-For", seen).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:
        return seen[:100]
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _key(limit: Limit, who: str) -> str:
    return f"{limit.what}|{who}"
