"""TCP ports on the loopback interface."""

import secrets
import socket
import subprocess

#: Below the range that systems hand out for outgoing connections. A client that keeps calling a
#: dead server on a port of that range may be given the same port, connect to itself, and so keep
#: the server from coming back.
LOWEST, HIGHEST = 20_000, 32_000
#: What this process was given already, whether it listens there yet or not.
_given: set[int] = set()


def free_port() -> int:
    """A random port that nobody listens on now, another one each time; another program may still take it first."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        if port not in _given and not is_taken(port):
            _given.add(port)
            return port


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class OnItsPort:
    """A server on a port of its own. child: its process, while started."""

    child: subprocess.Popen[bytes] | None = None

    def __init__(self) -> None:
        self._port = free_port()

    def gives_way(self) -> bool:
        """Whether another program was faster to take the port; if so, the next start is on another one."""
        displaced = self.child is not None and self.child.poll() is not None and is_taken(self._port)
        if displaced:
            self._port = free_port()
        return displaced
