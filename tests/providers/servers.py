"""Local servers that stand in for outside sources.

`source("osha")` switches a source on and points it at a server on this machine:

    def test_x(source):
        osha = source("osha")
        osha.answers("/get/OSHA/inspection/json", json={"data": []})
        ...
        assert osha.requests[0].args["limit"] == "10"

Limits are off and a key is set unless the test says otherwise: `source("osha", key="", limit=Limit(...))`.
A test whose calls come from several threads or processes needs the fixture `transactional_db` as well.
"""

import json as json_module
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Event
from typing import Any, Protocol

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from providers.catalogue import SOURCES, Limit, SourceSettings

KEY = "key/of+the test"


class FakeSource:
    """One source on the shared server: paths are relative to its base address."""

    def __init__(self, name: str, server: HTTPServer) -> None:
        self.name = name
        self.server = server
        #: Set when a request came that hangs.
        self.arrived = Event()
        self.over = Event()

    @property
    def base_url(self) -> str:
        return self.server.url_for(f"/{self.name}")

    @property
    def requests(self) -> list[Request]:
        """What arrived so far, oldest first."""
        return [request for request, _ in self.server.log if request.path.startswith(f"/{self.name}/")]

    def answers(
        self,
        path: str,
        *,
        json: Any = None,
        text: str | None = None,
        content: bytes | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
        method: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> None:
        """Answer a path for good, or `once`; those once come first, in order. query: only requests with exactly it."""
        body = content if content is not None else text.encode() if text is not None else b""
        if json is not None:
            body = json_module.dumps(json).encode()
        kind = {"Content-Type": "application/json" if json is not None else "text/plain; charset=utf-8"}
        options: dict[str, Any] = {"method": method} if method else {}
        if query is not None:
            options["query_string"] = dict(query)
        expect = self.server.expect_oneshot_request if once else self.server.expect_request
        handler = expect(f"/{self.name}{path}", **options)
        handler.respond_with_data(body, status=status, headers=kind | dict(headers or {}))

    def does(self, path: str, handler: Callable[[Request], Response]) -> None:
        """Answer a path with a function of the request."""
        self.server.expect_request(f"/{self.name}{path}").respond_with_handler(handler)

    def hangs(self, path: str) -> None:
        """Take the request and answer nothing until the test is over."""

        def wait(request: Request) -> Response:
            self.arrived.set()
            self.over.wait(30)
            return Response(status=500)

        self.does(path, wait)


class Sources(Protocol):
    def __call__(self, name: str, *, key: str = KEY, limit: Limit | None = None, **more: Any) -> FakeSource: ...


@pytest.fixture(scope="session")
def source_server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1", port=0, threaded=True) as server:
        yield server


@pytest.fixture
def source(db: None, settings: Any, source_server: HTTPServer) -> Iterator[Sources]:
    """`source(name)` switches a source on, with the test's own server behind it."""
    made: list[FakeSource] = []

    def switch_on(name: str, *, key: str = KEY, limit: Limit | None = None, **more: Any) -> FakeSource:
        fake = FakeSource(name, source_server)
        made.append(fake)
        given = SourceSettings(base_url=fake.base_url, key=key, limit=limit, contact="Quarry tests test@example.org")
        settings.PROVIDERS = {**settings.PROVIDERS, name: replace(given, **more)}
        if SOURCES[name].any_host:
            settings.RSS_FEEDS = [f"{fake.base_url}/feed"]
        settings.LIVE_SOURCES = settings.LIVE_SOURCES | {name}
        assert name in SOURCES
        return fake

    source_server.clear()
    yield switch_on
    for fake in made:
        fake.over.set()
    source_server.clear()
