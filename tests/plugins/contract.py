"""Every answer that tests get from the API is held against the schema: status, type and shape.

For all tests: tests/conftest.py imports the fixture.

The schema promises the keys that are there; a test holds it to all of them, so that a key which nobody
declared is found as well as one which is gone.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

Schema = dict[str, Any]
PROBLEM: Schema = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
#: Answers of every operation that stand in none: what nobody foresaw.
EVERYWHERE: Schema = {"500": {"content": PROBLEM}}
#: Of a method that is not there. Who asks is looked at first, and a session's CSRF token.
UNKNOWN_METHOD: Schema = {"responses": {str(status): {"content": PROBLEM} for status in (401, 403, 405)}}


class BrokenContract(AssertionError):
    """An answer is not as the schema says it is. Change the view's declaration or the view."""


@pytest.fixture(scope="session", autouse=True)
def answers_are_as_the_schema_says() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        plain = Client.request

        def request(client: Client, **environment: Any) -> Any:
            answer = plain(client, **environment)
            check(answer)
            return answer

        patch.setattr(Client, "request", request)
        yield


def check(answer: Any) -> None:
    """Raises BrokenContract. Answers of pages, and of views that are no part of the schema, pass."""
    asked = getattr(answer, "request", {})
    match = getattr(answer, "resolver_match", None)
    if match is None or not match.route.startswith("^api/") or match.route not in methods():
        return
    method = asked.get("REQUEST_METHOD", "")
    operation = methods()[match.route].get("GET" if method == "HEAD" else method, UNKNOWN_METHOD)
    where = f"{method} {asked.get('PATH_INFO')} answered {answer.status_code}"
    declared = {**EVERYWHERE, **operation["responses"]}
    if str(answer.status_code) not in declared:
        raise BrokenContract(f"{where}; the schema knows {', '.join(declared)}")
    _check_content(answer, declared[str(answer.status_code)].get("content", {}), where, has_body=method != "HEAD")


def _check_content(answer: Any, content: Schema, where: str, *, has_body: bool) -> None:
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if not content:
        if not answer.streaming and answer.content:
            raise BrokenContract(f"{where} with a body; the schema knows none")
        return
    known = {name.partition(";")[0]: media for name, media in content.items()}
    if kind not in known:
        raise BrokenContract(f"{where} as {kind!r}; the schema knows {', '.join(known)}")
    if kind != "application/json" or answer.streaming or not has_body:
        return
    problems = list(validator(json.dumps(known[kind]["schema"])).iter_errors(json.loads(answer.content)))
    if problems:
        first = problems[0]
        raise BrokenContract(f"{where}: /{'/'.join(map(str, first.instance_path))} {first.message[:600]}")


# --- The schema, in the form that checks need ---------------------------------------------------------
@cache
def schema() -> Schema:
    from jobs.api.openapi.views import whole

    found: Schema = closed(whole())
    return found


@cache
def methods() -> dict[str, dict[str, Schema]]:
    """The operations of each route, which is named as the URL configuration writes it, by their methods."""
    from django.urls import get_resolver

    from jobs.api.openapi.routes import Endpoints, route_patterns

    paths = schema()["paths"]
    found = {}
    for regex in route_patterns(get_resolver().url_patterns):
        if operations := paths.get(Endpoints().get_path_from_regex(regex)):
            found[regex] = {method.upper(): operation for method, operation in operations.items()}
    return found


@cache
def validator(shape: str) -> Any:
    whole = {**json.loads(shape), "components": schema()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def closed(found: Any) -> Any:
    """A schema whose objects have the properties that they declare, and no others."""
    if isinstance(found, list):
        return [closed(item) for item in found]
    if not isinstance(found, dict):
        return found
    inner = {key: closed(value) for key, value in found.items()}
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner
