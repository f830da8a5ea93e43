"""Registers of states on Socrata, played by a local server that pages, filters and counts."""

import json
import re
from collections import deque
from typing import Any

from werkzeug import Request, Response

from tests.providers.servers import FakeSource

Rows = list[dict[str, Any]]


class Register:
    """Tables by their ids. `next_answers` come before the rows, in order."""

    def __init__(self, fake: FakeSource) -> None:
        self.fake = fake
        self.next_answers: deque[Response | None] = deque()
        self.asked: list[dict[str, str]] = []

    def holds(self, table: str, rows: Rows) -> None:
        self.fake.does(f"/resource/{table}.json", lambda request: self._answer(request, table, rows))

    def _answer(self, request: Request, table: str, rows: Rows) -> Response:
        given = dict(request.args)
        self.asked.append({"table": table, **given})
        if "$select" in given:
            return _json([{"rows": str(len(rows))}])
        prepared = self.next_answers.popleft() if self.next_answers else None
        if prepared is not None:
            return prepared
        assert given["$order"], "paging without an order repeats and skips rows"
        wanted = re.findall(r"'([^']*)'", given.get("$where", "")) if "fileid in" in given.get("$where", "") else None
        found = [row for row in rows if wanted is None or row.get("fileid") in wanted]
        offset, limit = int(given["$offset"]), int(given["$limit"])
        return _json(found[offset : offset + limit])

    def pages(self, table: str) -> list[dict[str, str]]:
        return [asked for asked in self.asked if asked["table"] == table and "$offset" in asked]


def _json(value: Any) -> Response:
    return Response(json.dumps(value), content_type="application/json")
