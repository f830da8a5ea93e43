"""docs/architecture.md names the folders and layers that there are."""

import re
import subprocess
import tomllib

from .pages import ROOT, page, section


def test_every_folder_of_the_project_is_explained() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {line.partition("/")[0] for line in listed.splitlines() if "/" in line and not line.startswith(".")}
    rows = re.findall(r"^\| (`.+?`) \|", section(page("docs/architecture.md"), "Directories"), flags=re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == folders


def test_the_layers_are_those_that_imports_are_held_to() -> None:
    contracts = tomllib.loads(page("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "one-way")

    assert "  →  ".join(layers) in section(page("docs/architecture.md"), "Layers")
