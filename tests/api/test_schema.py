"""GET /api/schema is complete and valid: what the URL configuration has is in it, and nothing else."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from rest_framework.test import APIClient

from accounts.models import User
from jobs.api.base import ApiView
from jobs.api.openapi.routes import Endpoints, route_patterns
from jobs.api.openapi.views import rendered, whole
from jobs.api.routes import UnknownPathView

Schema = dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> Schema:
    rendered.cache_clear()
    return whole()


def operations(schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method.upper(), operation


def test_it_is_valid_by_the_specification_and_by_the_generators_own_rules(schema: Schema) -> None:
    plain = json.loads(json.dumps(schema))

    validate(plain)
    validate_schema(plain)


def test_generation_warns_of_nothing() -> None:
    GENERATOR_STATS.reset()
    whole()

    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_it_lists_every_route_and_method_of_the_url_configuration(schema: Schema) -> None:
    expected = set()
    for regex, pattern in route_patterns(get_resolver().url_patterns).items():
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not issubclass(view, ApiView) or view is UnknownPathView or "api/" not in regex:
            continue
        expected |= {(Endpoints().get_path_from_regex(regex), method) for method in view.needs}

    assert {(path, method) for path, method, _ in operations(schema)} == expected
    assert len(expected) > 100


def test_every_operation_has_a_name_of_its_own_and_says_what_it_needs(schema: Schema) -> None:
    names = [operation["operationId"] for _, _, operation in operations(schema)]

    assert len(set(names)) == len(names)
    assert all(operation["summary"] and operation["x-scope"] for _, _, operation in operations(schema))


def test_every_tag_is_described(schema: Schema) -> None:
    used = {tag for _, _, operation in operations(schema) for tag in operation["tags"]}

    assert used == {tag["name"] for tag in schema["tags"]}


def test_every_example_fits_the_schema_it_stands_beside(schema: Schema) -> None:
    wrong = []
    for path, method, operation in operations(schema):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            checker = Draft202012Validator({**media["schema"], "components": schema["components"]})
            for name, example in media.get("examples", {}).items():
                wrong += [(method, path, name, problem.message) for problem in checker.iter_errors(example["value"])]

    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ("", "*/*", "json"),
        ("", "application/json", "json"),
        ("", "application/yaml, application/json", "yaml"),
        ("", "application/vnd.oai.openapi", "yaml"),
        ("?format=yaml", "application/json", "yaml"),
        ("?format=json", "application/yaml", "json"),
    ],
)
def test_it_comes_as_json_or_yaml(reader: APIClient, schema: Schema, query: str, accept: str, kind: str) -> None:
    answer = reader.get(f"/api/schema{query}", headers={"accept": accept})

    read = json.loads if kind == "json" else yaml.safe_load
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/vnd.oai.openapi")
    assert read(answer.content)["paths"].keys() == schema["paths"].keys()


@pytest.mark.django_db
def test_another_format_is_refused(reader: APIClient) -> None:
    answer = reader.get("/api/schema?format=xml")

    assert (answer.status_code, answer.json()["error"]["fields"]) == (400, {"format": "must be one of json, yaml"})


@pytest.mark.django_db
def test_the_page_of_the_reference_is_for_whoever_is_signed_in(settings: Any) -> None:
    client = Client()
    asked = client.get("/api/docs")
    client.force_login(User.objects.create_user("ana@example.com"))

    assert (asked.status_code, asked["Location"]) == (302, "/sign-in?next=/api/docs")
    for path in ("/api/docs", "/api/docs/"):
        page = client.get(path)
        assert page.status_code == 200
        assert b'data-schema="/api/schema?format=json"' in page.content
        assert "unsafe" not in page["Content-Security-Policy"]


@pytest.mark.django_db
def test_the_page_is_for_everybody_where_the_api_is(settings: Any) -> None:
    settings.API_AUTH_REQUIRED = False

    assert Client().get("/api/docs").status_code == 200
