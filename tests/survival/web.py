"""gunicorn as a child, and requests to it."""

import http.client
import json

from .processes import Process, eventually
from .world import World


class Web(Process):
    """gunicorn as in production, with one process so that a kill is certain to hit the request."""

    def __init__(self, world: World, port: int) -> None:
        self.port = port
        super().__init__(
            world,
            ["-m", "gunicorn", "config.asgi:application", "--config", "deploy/gunicorn.conf.py"],
            PORT=str(port),
            WEB_CONCURRENCY="1",
        )
        eventually(self.answers, seconds=30, what="the web server")

    def answers(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def request(self, method: str, path: str, body: object = None, *, token: str = "") -> tuple[int, dict[str, str]]:
        talk = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            talk.request(method, path, body=json.dumps(body) if body is not None else None, headers=headers)
            answer = talk.getresponse()
            answer.read()
            return answer.status, dict(answer.getheaders())
        finally:
            talk.close()
