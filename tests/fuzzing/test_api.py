"""Whatever is asked, the API answers as its schema says: never 500, never HTML, and a refusal changes nothing.

A bounded number of requests in each run of the tests, always the same ones; more of them, and others, by

    python3 run.py test tests/fuzzing --examples 200 --fuzz-seed 7

Each is asked of the same rows: what it changes is undone.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.client import encode_multipart
from hypothesis import HealthCheck
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus
from schemathesis import GenerationMode

from jobs.api.openapi.views import whole
from jobs.events.registry import registry as streams
from tests.plugins.contract import BrokenContract, check

from .conftest import Boss
from .nasty import NASTY_TEXT, nasty_body

pytestmark = [
    pytest.mark.django_db,
    # Schemathesis does, with a generator that Hypothesis seeds.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies"),
]

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
#: Tables that a refused request may write: when a token was last used.
_MAY_CHANGE = frozenset({"accounts_apitoken"})


@pytest.fixture(scope="session")
def operations() -> list[Any]:
    loaded = schemathesis.openapi.from_dict(json.loads(json.dumps(whole())))
    return [found.ok() for found in loaded.get_all_operations()]


@dataclass(frozen=True, kw_only=True)
class Fuzz:
    """examples: requests per operation and mode. before: what is stored, which every request finds."""

    boss: Boss
    examples: int
    seed: int
    before: dict[str, str]


@pytest.fixture
def fuzz(boss: Boss, request: pytest.FixtureRequest) -> Fuzz:
    option = request.config.getoption
    return Fuzz(boss=boss, examples=option("--examples"), seed=option("--fuzz-seed"), before=_state())


def test_no_request_breaks_the_api_its_schema_or_what_is_stored(
    fuzz: Fuzz, operations: list[Any], settings: Any
) -> None:
    settings.SUBMISSION_RATE_LIMIT = None
    found: list[str] = []
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            found += _fuzzed(operation, mode, fuzz)

    assert not found, "\n\n".join([f"{len(found)} kinds of fault", *found])


def _fuzzed(operation: Any, mode: GenerationMode, fuzz: Fuzz) -> list[str]:
    """What was wrong with answers: of each kind of fault the first."""
    found: dict[str, str] = {}

    @hypothesis.seed(fuzz.seed)
    @hypothesis.settings(
        max_examples=fuzz.examples,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(st.data())
    def ask(data: Any) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        known = fuzz.boss.known[operation.definition.raw["operationId"]]
        request = _request(case, data, known)
        with transaction.atomic():
            for fault in _faults(fuzz, request):
                found.setdefault(fault.partition(" answered ")[2], f"{fault}\n  to {_shown(request)}")
            transaction.set_rollback(True)

    ask()
    return list(found.values())


def _request(case: Any, data: Any, known: dict[str, str]) -> dict[str, Any]:
    """A generated case as the test client sends it, mostly about things that are there, and often with a twist."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        chosen = known[name] if data.draw(st.integers(0, 3)) else str(value)
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


def _shown(request: dict[str, Any]) -> str:
    return f"{request['method']} {request['path'][:300]} {request['data'][:600]!r}"


# --- What must hold -----------------------------------------------------------------------------------
def _faults(fuzz: Fuzz, request: dict[str, Any]) -> Iterator[str]:
    try:
        answer = fuzz.boss.client.generic(**request)
        check(answer)
    except BrokenContract as broken:
        yield str(broken)
        return
    _end(answer)
    if answer.status_code >= 500:
        yield f"It answered {answer.status_code}: {answer.content[:300]!r}"
    if "html" in answer.headers.get("Content-Type", "") and "download" not in request["path"]:
        yield f"It answered {answer.headers['Content-Type']}"
    if connection.connection.info.transaction_status is TransactionStatus.INERROR:
        # Nothing of it can be stored; but no view should have to find out so what it was asked.
        yield f"It answered {answer.status_code}, and left a statement that failed: {answer.content[:300]!r}"
    elif answer.status_code >= 400:
        changed = {name for name, rows in _state().items() if fuzz.before.get(name) != rows} - _MAY_CHANGE
        if changed:
            yield f"It answered {answer.status_code}, and changed {', '.join(sorted(changed))}"


def _end(answer: Any) -> None:
    """A file is read to its end. A stream of events has none: it is closed."""
    if "event-stream" in answer.headers.get("Content-Type", ""):
        streams().close_all()
    elif answer.streaming:
        assert all(isinstance(piece, bytes) for piece in answer.streaming_content)


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
