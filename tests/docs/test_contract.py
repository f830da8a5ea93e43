"""docs/contract.md and the commands on all pages agree with the code."""

import re

import pytest
from django.core.management import get_commands
from django.db.models import Model

from jobs.models import Attempt, DiagnosticEffect, Job
from tests.docs.pages import ROOT, first_cells, page, section

PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]


@pytest.mark.parametrize("model", [Job, Attempt, DiagnosticEffect])
def test_the_contract_names_every_column_of_a_table(model: type[Model]) -> None:
    table = model._meta.db_table

    documented = first_cells(section(page("docs/contract.md"), table))

    assert set(documented) == {field.column for field in model._meta.concrete_fields}, f"docs/contract.md, {table}"
    assert len(documented) == len(set(documented))


def test_the_contract_names_every_diagnostic_type() -> None:
    source = (ROOT / "jobs" / "diagnostics.py").read_text(encoding="utf-8")

    documented = first_cells(section(page("docs/contract.md"), "Diagnostic types"))

    assert sorted(documented) == sorted(set(re.findall(r'"(diag-[a-z]+)"', source)))


@pytest.mark.parametrize("name", PAGES)
def test_every_management_command_on_a_page_exists(name: str) -> None:
    named = set(re.findall(r"(?:run|manage)\.py (?:manage )?([a-z_-]+)", page(name)))
    ours = {"demo", "up", "test", "chaos", "benchmark", "manage", "docs", "env"}

    assert named - ours <= set(get_commands()), f"{name} names commands that do not exist"


def test_the_table_of_management_commands_names_existing_ones() -> None:
    rows = first_cells(section(page("docs/contract.md"), "Commands"))
    named = {row.split()[0] for row in rows} - {"python3"}

    assert named <= set(get_commands())
