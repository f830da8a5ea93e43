"""Which URLs may be called, and which addresses their hosts may have.

A name is resolved once per request; every address it has is checked, and the connection goes to one
of exactly those. What an address check cannot see through (mapped, tunnelled and translated
addresses, other spellings of numbers) is refused rather than interpreted.
"""

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from .errors import HostUnknown, OutOfTime, UrlRefused

LONGEST_URL = 2048
PORTS = {"http": 80, "https": 443}
#: Never called, whatever WEBHOOK_PORTS says: ports of other protocols, to which a request could be made to
#: look like a command. The list of the Fetch standard, and databases, caches, brokers and cluster control.
SERVICE_PORTS = frozenset(
    int(port)
    for port in (
        "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 "
        "117 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 "
        "587 601 636 989 990 993 995 1433 1521 1719 1720 1723 2049 2181 2375 2376 2379 2380 3306 3389 3659 "
        "4045 4190 4369 5060 5061 5432 5672 5900 5984 6000 6379 6380 6443 6566 6665 6666 6667 6668 6669 6679 "
        "6697 7000 7001 9042 9092 9200 9300 10080 10250 10255 11211 15672 27017 27018 50070 "
    ).split()
)
#: Name look-ups that may hang at once; beyond that a look-up counts as timed out.
MOST_LOOKUPS = 32

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?\Z")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\Z")
_PLAIN = re.compile(r"[\x21-\x7e]+\Z")
_TUNNELS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of a site
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # 6to4 relays
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: Host, port -> addresses as text. Raises OSError. Replaced in tests.
Resolver = Callable[[str, int], list[str]]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A URL taken apart once; nothing parses it again. `host` is a name or an address without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What may be called. allow_private: any address and port, for development and closed networks."""

    allow_private: bool
    ports: Sequence[range]


def parse(url: str) -> Target:
    """Take a URL apart. Raises UrlRefused with the sentence for its owner."""
    if len(url) > LONGEST_URL:
        raise UrlRefused(f"is longer than {LONGEST_URL} characters")
    if not _PLAIN.match(url) or "\\" in url:
        raise UrlRefused("must be plain ASCII without blanks or backslashes; write international names as xn--…")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UrlRefused("is not a URL that can be read") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS or not url[len(scheme) :].startswith("://"):
        raise UrlRefused("must start with http:// or https://")
    if "@" in parts.netloc:
        raise UrlRefused("must not hold a user name or password")
    if port == 0:
        raise UrlRefused("must not use port 0")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(scheme=scheme, host=_host(parts), port=port or PORTS[scheme], path=path)


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower()
    if ":" in host or "[" in parts.netloc:
        try:
            if "%" in host:
                raise ValueError
            return str(ipaddress.IPv6Address(host))
        except ValueError:
            raise UrlRefused("names no valid IPv6 address") from None
    if _NUMBER.match(host.rstrip(".").rpartition(".")[2]):
        # 2130706433, 0x7f.1 and 0177.0.0.1 are the same machine to a resolver.
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            raise UrlRefused("must write an IPv4 address as four decimal numbers, such as 203.0.113.7") from None
    if not _NAME.match(host):
        raise UrlRefused("names no valid host")
    return host


def check_port(target: Target, rules: Rules) -> None:
    if rules.allow_private:
        return
    if target.port in SERVICE_PORTS or not any(target.port in ports for ports in rules.ports):
        raise UrlRefused(f"uses port {target.port}, which is not allowed; use 443 or another port for HTTP")


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open Internet and means itself."""
    if isinstance(address, ipaddress.IPv6Address) and address.scope_id:
        return False
    if any(address.version == tunnel.version and address in tunnel for tunnel in _TUNNELS):
        return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback
    )


def addresses_of(target: Target, rules: Rules, *, deadline: float, resolve: Resolver | None = None) -> list[str]:
    """Every address of the target's host, all of them checked.

    deadline: of time.monotonic(). Raises HostUnknown, OutOfTime, or UrlRefused if any single
    address is not public: a name that mixes both is a trick or a mistake.
    """
    check_port(target, rules)
    try:
        found = [str(ipaddress.ip_address(target.host))]
    except ValueError:
        found = _look_up(target.host, target.port, deadline=deadline, resolve=resolve or system_resolver)
    if not rules.allow_private:
        for text in found:
            if not is_public(ipaddress.ip_address(text)):
                raise UrlRefused("leads to an address that is not public")
    return found


def system_resolver(host: str, port: int) -> list[str]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


_lookups = threading.BoundedSemaphore(MOST_LOOKUPS)


def _look_up(host: str, port: int, *, deadline: float, resolve: Resolver) -> list[str]:
    """Resolve within the deadline. The C library's resolver takes no time limit, so a thread waits for it."""
    if not _lookups.acquire(timeout=max(0.0, deadline - time.monotonic())):
        raise OutOfTime("name look-ups are stuck; try again later")
    answer: list[list[str] | OSError] = []

    def work() -> None:
        try:
            answer.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.append(error if isinstance(error, OSError) else OSError(str(error)))
        finally:
            _lookups.release()

    thread = threading.Thread(target=work, name="resolve", daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    if not answer:
        raise OutOfTime("its host name could not be looked up in time")
    found = answer[0]
    if isinstance(found, OSError) or not found:
        raise HostUnknown("its host name has no address")
    return found
