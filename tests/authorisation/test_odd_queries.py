"""Odd words in the query of any page or resource: they are refused or without effect, and never a failure.

Each word is tried by itself, for one that is refused keeps a view from looking at the others.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.http import QueryDict

from jobs.api.params import Params

from .conftest import World
from .rows import Row
from .tables import ROWS

ODD = {
    "text": "x'); SELECT pg_sleep(9); --<script>alert(1)</script>\r\nSet-Cookie: session=mine; ../../../etc/passwd",
    "number": "-99999999999999999999",
}
#: No view reads them; a list might hand them on to the database as the name of a column.
NOBODYS = {"data__type", "password__startswith"}
READ = [row for row in ROWS if row.method == "GET" and "events" not in row.path]


class Noted(dict[str, Any]):
    """A query that notes which of its names are asked for, whether they are there or not."""

    asked: set[str]

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.add(key)
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:
        self.asked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(str(key))
        return super().__contains__(key)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names that views ask a query for, as they do: of Django's, of the dictionary it makes, of our Params."""
    names: set[str] = set()

    def noting(method: Callable[..., Any]) -> Callable[..., Any]:
        def ask(query: QueryDict, key: str, *more: Any) -> Any:
            names.add(key)
            return method(query, key, *more)

        return ask

    def noted(values: dict[str, Any]) -> Noted:
        found = Noted(values)
        found.asked = names
        return found

    begin, as_dict = Params.__init__, QueryDict.dict

    def begin_noted(params: Params, given: Any) -> None:
        begin(params, given)
        params._values = noted(params._values)

    for name in ("get", "getlist", "__getitem__", "__contains__"):
        monkeypatch.setattr(QueryDict, name, noting(getattr(QueryDict, name)), raising=False)
    monkeypatch.setattr(QueryDict, "dict", lambda query: noted(as_dict(query)))
    monkeypatch.setattr(Params, "__init__", begin_noted)
    return names


@pytest.mark.parametrize("kind", ODD)
def test_no_query_makes_a_view_fail(made: World, asked: set[str], kind: str) -> None:
    failed = {}
    names = set()
    for row in READ:
        for name, answer in _answers(made, row, asked, ODD[kind]):
            names.add(name)
            if answer.status_code >= 500 or "session=mine" in answer.headers.values():
                failed[*row.key, name] = answer.status_code

    assert failed == {}
    # Of each of the ways in which views ask.
    assert names > {"q", "limit", "cursor", "tenantId", "asOf", "status", "live"}


def _answers(made: World, row: Row, asked: set[str], odd: str) -> Iterator[tuple[str, Any]]:
    """The answer to each name that the view asks for, also if it does so because of another that it was given."""
    bare = replace(row, path=row.path.partition("?")[0])
    asked.clear()
    yield "", made.ask(bare, "admin", query=dict.fromkeys(NOBODYS, odd))
    tried = set(NOBODYS)
    while waiting := sorted(asked - tried):
        tried.add(waiting[0])
        yield waiting[0], made.ask(bare, "admin", query={waiting[0]: odd})
