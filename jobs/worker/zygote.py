"""The zygote: a small single-threaded process that forks work processes ready to run.

It is forked from the worker before the worker has threads or connections, with every app loaded, so
that a work process starts in milliseconds and shares its memory. The worker asks over a socket and
passes the work process's own socket along; the zygote reports which child ended and how.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from typing import NoReturn

from .parentage import die_with_parent

#: Seconds between looks for ended children where no signal woke the zygote.
LOOK_SECONDS = 1.0


def start(serve: Callable[[socket.socket], None]) -> tuple[int, socket.socket]:
    """Fork the zygote. serve: what a work process does with its socket. Returns (pid, control socket)."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    # What is loaded now stays shared between all children: the collector must not touch it.
    gc.collect()
    gc.freeze()
    pid = os.fork()
    if pid:
        theirs.close()
        return pid, ours
    try:
        ours.close()
        die_with_parent(parent)
        _run(theirs, serve)
    finally:
        os._exit(0)


def _run(control: socket.socket, serve: Callable[[socket.socket], None]) -> NoReturn:
    # The worker decides when its processes end; a Ctrl-C at the terminal reaches the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    os.set_blocking(wake_read, False)
    signal.set_wakeup_fd(wake_write)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    watched: list[socket.socket | int] = [control, wake_read]
    while True:
        readable, _, _ = select.select(watched, [], [], LOOK_SECONDS)
        if wake_read in readable:
            os.read(wake_read, 4096)
        _report_ended(control)
        if control in readable:
            _spawn(control, serve, (wake_read, wake_write))


def _spawn(control: socket.socket, serve: Callable[[socket.socket], None], inherited: tuple[int, int]) -> None:
    message, descriptors, _, _ = socket.recv_fds(control, 4096, 1)
    if not message:
        os._exit(0)
    request = json.loads(message)
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in inherited:
                os.close(descriptor)
            control.close()
            die_with_parent(zygote)
            serve(socket.socket(fileno=descriptors[0]))
        except BaseException:  # noqa: BLE001  nothing may return into the zygote's loop
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    control.send(json.dumps({"spawned": request["spawn"], "pid": pid}).encode())


def _report_ended(control: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        control.send(json.dumps({"ended": pid, "status": status}).encode())
