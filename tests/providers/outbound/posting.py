"""Transports to a receiver of the tests, and one request through them."""

from providers.outbound.exchange import Limits
from providers.outbound.transport import Exchanged, GuardedTransport

WEB = (range(80, 81), range(443, 444), range(1024, 65536))
PUBLIC = "93.184.216.34"


def guarded(*addresses: str) -> GuardedTransport:
    """As in production, where every name has these addresses."""
    return GuardedTransport(allow_private=False, ports=WEB, resolve=lambda host, port: list(addresses or (PUBLIC,)))


def local(total: float = 5.0, idle: float = 5.0) -> GuardedTransport:
    """May call the receivers of the tests."""
    return GuardedTransport(allow_private=True, ports=(), limits=Limits(total=total, idle=idle))


def posted(url: str, transport: GuardedTransport | None = None) -> Exchanged:
    return (transport or local()).post(url, headers={"content-type": "application/json"}, body=b'{"a":1}')
