"""Odd words in the query of any page or resource: they are refused or without effect, and never a failure."""

from dataclasses import replace

import pytest

from .conftest import World
from .tables import ROWS

#: Every name that some view reads, and two that none does.
NAMES = (
    "q", "sort", "order", "ordering", "limit", "cursor", "after", "before", "page", "status", "state", "kind", "type",
    "queue", "tenantId", "userId", "from", "to", "since", "until", "asOf", "history", "format", "include", "topics",
    "next", "back", "action", "tier", "grade", "period", "month", "view", "attempt", "contract", "batch", "company",
    "error", "name", "symbol", "data__type", "password__startswith",
)  # fmt: skip
ODD = {
    "text": "x'); SELECT pg_sleep(9); --<script>alert(1)</script>\r\nSet-Cookie: session=mine; ../../../etc/passwd",
    "number": "-99999999999999999999",
}
READ = [row for row in ROWS if row.method == "GET" and "events" not in row.path]


@pytest.mark.parametrize("kind", ODD)
def test_no_query_makes_a_view_fail(made: World, kind: str) -> None:
    failed = {}
    for row in READ:
        answer = made.ask(replace(row, path=row.path.partition("?")[0]), "admin", query=dict.fromkeys(NAMES, ODD[kind]))
        if answer.status_code >= 500 or "session=mine" in answer.headers.values():
            failed[row.key] = answer.status_code

    assert failed == {}
