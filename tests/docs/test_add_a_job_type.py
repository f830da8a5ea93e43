"""The example of docs/add-a-job-type.md works as it is printed."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from jobs import registry
from tests.docs.pages import blocks, page

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = page("docs/add-a-job-type.md")
NAME = "rename-prospect"


def run_block(language: str, names: dict[str, Any]) -> dict[str, Any]:
    (source,) = blocks(PAGE, language)
    exec(compile(source, f"docs/add-a-job-type.md, {language}", "exec"), names)  # noqa: S102  our own page
    return names


@pytest.fixture
def example() -> Iterator[dict[str, Any]]:
    """The names of the handler's module, its type registered for the length of a test."""
    yield run_block("python", {"__name__": "docs.example.tasks"})
    registry.unregister(NAME)


@pytest.mark.parametrize(
    "name", re.findall(r"^def (test_\w+)", "".join(blocks(PAGE, "python test")), flags=re.MULTILINE)
)
def test_the_printed_test_passes(name: str, example: dict[str, Any], redis_clean: Any) -> None:
    names = run_block("python test", run_block("python head", {"__name__": "docs.example.test"}))

    names[name](redis_clean)


def test_the_printed_enqueue_stores_a_job(
    example: dict[str, Any], redis_clean: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run_block("python use", {"__name__": "docs.example.use"})

    assert re.fullmatch(r"job_\w+ waiting\n", capsys.readouterr().out)


def test_the_type_has_an_enqueue_function_of_its_own(example: dict[str, Any], redis_clean: Any) -> None:
    from jobs import library

    handle = library.enqueue_rename_prospect({"prospectId": "42", "name": "New"})

    assert handle.type == NAME
