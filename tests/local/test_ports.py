"""Ports of the embedded servers: each its own, and none that another program has."""

import socket
from urllib.parse import urlsplit

import pytest

from deploy.local.home import Home
from deploy.local.keeper import Keeper
from deploy.local.ports import answers, free_port
from deploy.local.signals import Signals
from deploy.local.valkey import Valkey


def test_no_port_is_given_out_twice() -> None:
    ports = [free_port() for _ in range(500)]

    assert len(set(ports)) == len(ports)


def test_a_port_that_another_program_took_first_is_left_to_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = free_port()
    (home.path / "redis").mkdir(exist_ok=True)
    server = Valkey(home, durable=True)
    monkeypatch.setattr(server, "_port", taken)
    keeper = Keeper(home, [server], Signals())
    monkeypatch.setattr(keeper, "_unwanted", lambda: False)
    with socket.create_server(("127.0.0.1", taken)):
        try:
            keeper.start()

            port = urlsplit(server.url).port or 0
            assert port != taken
            assert answers(port)
        finally:
            keeper.stop()
