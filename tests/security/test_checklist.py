"""docs/security.md: what it names exists, and no line of it is without a test or a reason."""

import re

import pytest

from deploy.local.home import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| line |")]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_named_test_exists(path: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)


def test_every_line_has_a_test_or_a_reason() -> None:
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in ROWS]
    reasons = [row for row in cells if len(row) == 2]

    assert len(cells) > 30
    assert [row[0] for row in cells if len(row) == 3 and not re.search(r"`[\w/]+\.py::\w+`", row[2])] == []
    assert [row[0] for row in reasons if len(row[1].split()) < 10] == []
