"""Whatever is asked, the API answers as its schema says: never 500, never HTML, and a refusal changes nothing.

A bounded number of requests in each run of the tests, always the same ones; more of them by

    python3 run.py test tests/fuzzing --examples 200
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import encode_multipart
from hypothesis import HealthCheck
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis import GenerationMode

from jobs.api.openapi.views import whole

from .nasty import NASTY_TEXT, nasty_body
from .rows import Rows

pytestmark = pytest.mark.django_db

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
#: Tables that a refused request may write: when a token was last used.
_MAY_CHANGE = frozenset({"accounts_apitoken"})


@pytest.fixture(scope="session")
def operations() -> list[Any]:
    loaded = schemathesis.openapi.from_dict(json.loads(json.dumps(whole())))
    return [found.ok() for found in loaded.get_all_operations()]


@pytest.fixture(scope="session")
def examples(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--examples"))


def test_no_request_breaks_the_api_its_schema_or_what_is_stored(
    boss: APIClient, rows: Rows, operations: list[Any], examples: int, settings: Any
) -> None:
    settings.SUBMISSION_RATE_LIMIT = None
    found: list[str] = []
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            found += _fuzzed(operation, mode, boss, rows, examples)

    assert not found, "\n\n".join(found)


def _fuzzed(operation: Any, mode: GenerationMode, boss: APIClient, rows: Rows, examples: int) -> list[str]:
    """What was wrong with answers, at most one thing for each operation and mode."""

    @hypothesis.seed(20261122)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(st.data())
    def ask(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        request = _request(case, data, rows)
        before = _state()
        answer = boss.generic(**request)
        _check(request, answer, before)

    try:
        ask()
    except (AssertionError, ExceptionGroup) as broken:
        return [str(broken)]
    return []


def _request(case: Any, data: Any, rows: Rows) -> dict[str, Any]:
    """A generated case as the test client sends it, mostly about things that are there, and often with a twist."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        known = rows.of(case.path, name)
        chosen = known if known and data.draw(st.booleans()) else str(value)
        path = path.replace(f"{{{name}}}", quote(chosen, safe=""))
    query = {name: _text(value) for name, value in (case.query or {}).items()}
    names = [one["name"] for one in case.operation.definition.raw.get("parameters", ()) if one["in"] == "query"]
    if names and data.draw(st.booleans()):
        query[data.draw(st.sampled_from(names))] = data.draw(st.sampled_from(NASTY_TEXT))
    body, kind = _body(case, data)
    return {
        "method": case.method.upper(),
        "path": f"{path}?{urlencode(query, errors='surrogatepass')}",
        "data": body,
        "content_type": kind,
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _body(case: Any, data: Any) -> tuple[bytes, str]:
    if case.media_type is None or isinstance(case.body, schemathesis.core.NotSet):
        return b"", "application/json"
    if isinstance(case.body, bytes):
        return case.body, case.media_type
    if case.media_type.startswith("multipart/") and isinstance(case.body, dict):
        parts = {name: _part(name, value) for name, value in case.body.items()}
        return encode_multipart("edge", parts), "multipart/form-data; boundary=edge"
    if case.media_type != "application/json":
        return _text(case.body).encode("utf-8", "surrogatepass"), case.media_type
    text = data.draw(nasty_body(case.body)) if data.draw(st.booleans()) else json.dumps(case.body)
    return text.encode("utf-8", "surrogatepass"), "application/json"


def _part(name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return SimpleUploadedFile(name or "file", value)
    return _text(value).encode("utf-8", "replace").decode()


# --- What must hold -----------------------------------------------------------------------------------
def _check(request: dict[str, Any], answer: Any, before: dict[str, str]) -> None:
    asked = f"{request['method']} {request['path'][:300]} {request['data'][:600]!r}"
    assert answer.status_code < 500, f"{asked}\nanswered {answer.status_code}: {answer.content[:300]!r}"
    kind = answer.headers.get("Content-Type", "")
    assert "html" not in kind or "download" in request["path"], f"{asked}\nanswered {kind}"
    if answer.streaming:
        answer.close()
    if answer.status_code < 400:
        return
    changed = {name for name, rows in _state().items() if before.get(name) != rows} - _MAY_CHANGE
    assert not changed, f"{asked}\nanswered {answer.status_code}, and changed {', '.join(sorted(changed))}"


def _state() -> dict[str, str]:
    """By table, a digest of its rows."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        parts = [
            f"SELECT '{name}', coalesce(sum(hashtextextended(t::text, 0)), 0)::text FROM \"{name}\" t"  # noqa: S608
            for name in names
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
