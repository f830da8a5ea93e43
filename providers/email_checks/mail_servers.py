"""Which servers take a domain's mail, from DNS alone (RFC 5321 section 5, RFC 7505)."""

import ipaddress
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import dns.exception
import dns.name
import dns.resolver


class _OutOfTime(dns.exception.Timeout):
    """The domain's earlier questions took all the time."""


#: All of a domain's questions together.
DEFAULT_SECONDS = 5.0


class Route(StrEnum):
    """What DNS says of a domain's mail. Only `UNANSWERED` can change by asking again soon."""

    ACCEPTS = "accepts"
    NO_DOMAIN = "no-domain"
    REFUSES = "refuses"  # a null MX: the domain says that it takes no mail
    NO_SERVER = "no-server"  # neither MX nor a public address
    UNANSWERED = "unanswered"  # timeout, SERVFAIL, REFUSED, or no resolver to ask


@dataclass(frozen=True, kw_only=True)
class MailRoute:
    """`servers`: names of the mail servers, the preferred first; empty unless `ACCEPTS`.

    `problem`: for `UNANSWERED`, what the resolver said.
    """

    route: Route
    servers: tuple[str, ...] = ()
    problem: str = ""


@cache
def system_resolver() -> dns.resolver.Resolver:
    """The machine's resolver with a cache that honours the records' own age. Raises NoResolverConfiguration."""
    resolver = dns.resolver.Resolver()
    resolver.cache = dns.resolver.LRUCache(10_000)
    return resolver


def mail_route(domain: str, *, resolver: dns.resolver.Resolver, seconds: float = DEFAULT_SECONDS) -> MailRoute:
    """Ask for MX, then for addresses. Never raises for what DNS answers.

    domain: in ASCII (xn--…). seconds: for all questions together.
    """
    deadline = time.monotonic() + seconds
    try:
        return _asked(domain, resolver, deadline)
    except dns.resolver.NXDOMAIN:
        return MailRoute(route=Route.NO_DOMAIN)
    except dns.exception.DNSException as error:
        # Everything else says something about the way to the answer, nothing about the domain.
        return MailRoute(route=Route.UNANSWERED, problem=_words(error))


def _asked(domain: str, resolver: dns.resolver.Resolver, deadline: float) -> MailRoute:
    exchanges = sorted((record.preference, str(record.exchange)) for record in _ask(domain, "MX", resolver, deadline))
    if exchanges:
        names = tuple(name.rstrip(".").lower() for _, name in exchanges if name != ".")
        return MailRoute(route=Route.ACCEPTS, servers=names) if names else MailRoute(route=Route.REFUSES)
    for kind in ("A", "AAAA"):
        # Without MX the domain's own address takes the mail, if the Internet can reach it.
        if any(ipaddress.ip_address(record.address).is_global for record in _ask(domain, kind, resolver, deadline)):
            return MailRoute(route=Route.ACCEPTS, servers=(domain.lower(),))
    return MailRoute(route=Route.NO_SERVER)


def _ask(domain: str, kind: str, resolver: dns.resolver.Resolver, deadline: float) -> list[Any]:
    """The records, of the class that dnspython has for `kind`."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise _OutOfTime
    name = dns.name.from_text(domain)
    answer = resolver.resolve(name, kind, lifetime=left, search=False, raise_on_no_answer=False)
    return list(answer.rrset or ())


def _words(error: dns.exception.DNSException) -> str:
    if isinstance(error, dns.exception.Timeout):
        return "the name server did not answer in time"
    if isinstance(error, dns.resolver.NoNameservers):
        return "no name server gave an answer"
    return type(error).__name__
