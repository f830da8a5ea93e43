"""A name server on this machine that answers from a dictionary, over UDP, with real messages."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

#: Instead of records: no answer at all.
SILENCE = "silence"


@dataclass
class NameServer:
    """`asked` grows with each question, such as "MX acme.example"."""

    port: int
    asked: list[str] = field(default_factory=list)

    def resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.port
        return resolver


@contextmanager
def name_server(zone: Mapping[str, Mapping[str, list[str]] | str]) -> Iterator[NameServer]:
    """zone: domain -> {type: records}, or the name of a response code such as SERVFAIL, or SILENCE.

    A domain that is not in the zone does not exist.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listening.bind(("127.0.0.1", 0))
    server = NameServer(port=listening.getsockname()[1])

    def serve() -> None:
        while True:
            wire, sender = listening.recvfrom(4096)
            if not wire:
                return
            question = dns.message.from_wire(wire)
            answer = _answer(question, zone, server.asked)
            if answer is not None:
                listening.sendto(answer.to_wire(), sender)

    thread = threading.Thread(target=serve, name="name-server", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
            stop.sendto(b"", ("127.0.0.1", server.port))
        thread.join(5)
        listening.close()


def _answer(
    query: dns.message.Message, zone: Mapping[str, Mapping[str, list[str]] | str], asked: list[str]
) -> dns.message.Message | None:
    [question] = query.question
    domain, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
    asked.append(f"{kind} {domain}")
    known = zone.get(domain, "NXDOMAIN")
    if known == SILENCE:
        return None
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA
    if isinstance(known, str):
        answer.set_rcode(dns.rcode.from_text(known))
    elif kind in known:
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *known[kind]))
    return answer
