"""The documentation as a site: every link leads somewhere, every page can be found, nothing is fetched."""

import json
import re
from pathlib import Path

import pytest

from . import links
from .pages import ROOT, page


@pytest.mark.parametrize("path", links.pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file_or_heading_that_is_there(path: Path) -> None:
    assert links.broken_links(path) == []


@pytest.mark.parametrize("path", links.pages(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_project_that_a_page_names_is_there(path: Path) -> None:
    assert links.missing_paths(path) == []


def test_a_link_to_a_missing_heading_is_found(tmp_path: Path) -> None:
    here = tmp_path / "page.md"
    here.write_text("# What it is\n[up](#what-it-is) [no](#nothing) [gone](gone.md)\n```\n[code](x.md)\n```\n")

    assert links.broken_links(here) == ["#nothing", "gone.md"]


def test_a_named_file_that_is_missing_is_found(tmp_path: Path) -> None:
    here = tmp_path / "page.md"
    here.write_text("`run tests/docs/test_site.py` and `tests/docs/test_nothing.py` of `/api/jobs/x`, `jobs/base.html`")

    assert links.missing_paths(here) == ["jobs/base.html", "tests/docs/test_nothing.py"]


def test_the_index_names_every_page_once() -> None:
    listed = re.findall(r"^\| \[[^]]+\]\(([^)]+\.md)\) \|", page("docs/index.md"), flags=re.MULTILINE)
    there = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}

    assert sorted(listed) == sorted(there | {"adr/index.md"}), "name each page in a table of docs/index.md"


def test_the_index_of_decisions_names_every_decision() -> None:
    listed = re.findall(r"^- \[[^]]+\]\(([^)]+)\)$", page("docs/adr/index.md"), flags=re.MULTILINE)

    assert listed == sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))


def test_the_locks_of_documentation_and_development_agree_on_every_package() -> None:
    docs, development = pins("docs.txt"), pins("dev.txt")
    both = docs.keys() & development.keys()

    assert both
    assert {name: docs[name] for name in both} == {name: development[name] for name in both}, "compile docs.in again"


def pins(lock: str) -> dict[str, set[str]]:
    """Name to versions, of which there are several where they depend on the Python version."""
    versions: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", page(f"requirements/{lock}"), flags=re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "benchmarks").glob("*.json")), ids=lambda path: path.name)
def test_figures_that_pages_link_to_can_be_read(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8"))
