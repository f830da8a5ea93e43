"""Who may do what: every route, every method, every role; and rows of others, which do not exist.

A route that is added without a row in `tables` fails the first test.
"""

from collections import Counter
from typing import Any

import pytest

from . import world
from .conftest import World, send
from .routes import all_routes
from .rows import ROLES, Row
from .tables import ROWS, TABLES, console_pages

#: Their routes are tried one by one in test_admin.py and test_rq_dashboard.py.
OTHERS = ("admin:", "django_rq:")
READ_ONLY = ("jobs:read", "metrics:read")
VARYING = {"X-Request-ID", "RateLimit", "RateLimit-Policy"}
WRITES = [row for row in ROWS if row.method != "GET"]


def test_every_route_and_method_has_one_row() -> None:
    routes = Counter(
        (route.name, method) for route in all_routes() for method in route.methods if not route.name.startswith(OTHERS)
    )
    rows = Counter(row.key for row in ROWS)

    assert {key for key in routes if key not in rows} == set(), "a route without an expected row"
    assert {key for key in rows if key not in routes} == set(), "a row without a route"
    assert [key for key, number in (routes + rows).items() if number != 2] == []


@pytest.mark.parametrize("table", TABLES)
def test_each_role_gets_what_the_matrix_says(made: World, table: str) -> None:
    found = {row.key: tuple(made.ask(row, role).status_code for role in ROLES) for row in TABLES[table]}

    assert found == {row.key: row.answers for row in TABLES[table]}


def test_rows_of_another_organisation_are_not_there_for_its_strangers() -> None:
    refused = {row.key: row.answers[ROLES.index("stranger")] for row in ROWS if row.names_a_row}

    # The console is closed to them as a whole.
    assert {
        key for key, answer in refused.items() if answer != (403 if key[0].startswith("console:") else 404)
    } == set()


def test_anothers_row_answers_byte_for_byte_like_no_row(made: World) -> None:
    told_apart = {
        row.key
        for row in ROWS
        if row.names_a_row and _seen(made.ask(row, "stranger")) != _seen(made.ask(row, "stranger", made.unknown))
    }

    assert told_apart == set()


def _seen(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Without what every answer has anew: its id, and how many submissions the caller has left."""
    headers = {name: text for name, text in answer.items() if name not in VARYING}
    return answer.status_code, answer.content, headers


def test_what_a_session_changes_needs_the_csrf_token(made: World) -> None:
    bosses = world.browsers({"admin": made.users["admin"]}, enforce_csrf_checks=True)
    # UnknownPathView and the pages that do not exist change nothing.
    found = {row.key: send(bosses["admin"], row, made.ids).status_code for row in WRITES}

    assert {key for key, status in found.items() if status != 403} == set()


def test_a_session_reads_the_api_as_a_token_does(made: World) -> None:
    rows = [row for row in ROWS if row.key[1] == "GET" and not row.by_session]
    found = {row.key: send(made.browsers["viewer"], row, made.ids).status_code for row in rows}

    assert found == {row.key: row.answers[ROLES.index("viewer")] for row in rows}


def test_no_cache_keeps_what_only_some_may_see(made: World) -> None:
    """Neither a proxy's nor the browser's, whose Back button still works after signing out."""
    rows = [row for row in ROWS if row.method == "GET" and row.answers[0] in (302, 401) and row.answers[-1] == 200]
    found = {row.key: made.ask(row, "admin").headers.get("Cache-Control", "") for row in rows}

    # A file that was downloaded may be kept, and is asked for again whenever it is wanted.
    kept = {"api-report-download": "private, no-cache"}
    assert {key: text for key, text in found.items() if "no-store" not in text and kept.get(key[0]) != text} == {}


def test_a_read_only_token_changes_nothing_even_an_admins(made: World) -> None:
    reading = world.caller(made.users["admin"], scopes=[*READ_ONLY])
    found = {row.key: send(reading, row, made.ids).status_code for row in WRITES if not row.by_session}

    assert {key for key, status in found.items() if status != 403} == set()


def test_a_token_opens_no_page(made: World) -> None:
    rows = [row for row in ROWS if row.by_session and row.method == "GET"]
    found = {row.key: send(made.callers["admin"], row, made.ids).status_code for row in rows}

    assert found == {row.key: row.answers[ROLES.index("anonymous")] for row in rows}


def test_methods_without_a_row_are_refused(made: World) -> None:
    """Whatever a view might do with them: a DELETE, a PUT or a POST that nobody meant."""
    known = {row.key for row in ROWS}
    paths = {(row.name, row.path, row.by_session) for row in ROWS if "unknown" not in row.name}
    others = [
        Row(name=name, method=method, path=path, answers=(405,) * 6, by_session=by_session)
        for name, path, by_session in paths
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if (name, method) not in known
    ]
    found = {row.key: made.ask(row, "admin").status_code for row in others}

    assert {key: status for key, status in found.items() if status != 405} == {}


def test_readers_of_the_console_look_and_do_not_act(made: World) -> None:
    """Whoever has a verified address of the admins' domain."""
    found = {row.key: made.ask(row, "reader").status_code for row in console_pages.ROWS if ":" in row.name}

    assert found == {
        row.key: row.answers[ROLES.index("admin")] if row.method == "GET" else 403
        for row in console_pages.ROWS
        if ":" in row.name
    }
