"""Receivers of webhooks on this machine, well-behaved and not: each connection runs one function."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[[socket.socket, "Receiver"], None]


@dataclass
class Received:
    """One request as it arrived. Header names are in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`received` grows with each request; wait for it with `wait_for`."""

    port: int
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, connection: socket.socket) -> Received:
        """Read one whole request."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                raise ConnectionError("the request ended early")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        while len(body) < int(headers.get("content-length", "0")):
            body += connection.recv(65536)
        request = Received(line=lines[0], headers=headers, body=body)
        with self._changed:
            self.received.append(request)
            self._changed.notify_all()
        return request

    def wait_for(self, number: int, timeout: float = 10.0) -> list[Received]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.received) >= number, timeout), f"{len(self.received)} came"
        return self.received


@contextmanager
def receiver(behaviour: Behaviour) -> Iterator[Receiver]:
    """A server whose connections `behaviour` serves until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))
    served = Receiver(port=listening.getsockname()[1])

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                behaviour(connection, served)
            except OSError:
                return  # the client has what it wants and hung up

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            served.connections += 1
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield served
    finally:
        served.over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def answers(*statuses: int, headers: str = "", body: bytes = b"thanks") -> Behaviour:
    """Answers with each status in turn, the last one for ever after."""
    left = list(statuses)
    lock = threading.Lock()

    def behave(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        with lock:
            status = left.pop(0) if len(left) > 1 else left[0]
        connection.sendall(answer(status, headers=headers, body=body))

    return behave


def answer(status: int, *, headers: str = "", body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {status} Word\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def hangs(connection: socket.socket, served: Receiver) -> None:
    """Takes the request and never answers."""
    served.take(connection)
    served.over.wait()


def drips(before: bytes, drop: bytes, *, every: float = 0.02) -> Behaviour:
    """Sends `before`, then `drop` for ever: no single read ever waits long."""

    def behave(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        connection.sendall(before)
        while not served.over.wait(every):
            connection.sendall(drop)

    return behave


def floods(before: bytes, block: bytes, times: int) -> Behaviour:
    """Sends `before`, then `block` as fast as it is taken."""

    def behave(connection: socket.socket, served: Receiver) -> None:
        served.take(connection)
        connection.sendall(before)
        for _ in range(times):
            connection.sendall(block)

    return behave


def reset(connection: socket.socket) -> None:
    """Close with RST: what the other side has not read is lost."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def takes_and_resets(connection: socket.socket, served: Receiver) -> None:
    served.take(connection)
    reset(connection)
