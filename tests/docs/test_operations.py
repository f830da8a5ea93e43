"""What docs/operations.md says of alerts is what the code does."""

import re

from jobs.alerts.rules import RULES

from .pages import ROOT

ROW = re.compile(r"^\| `([a-z-]+)` \| (warning|critical) \| (.+) \|$", re.MULTILINE)


def test_the_table_of_alert_rules_is_that_of_the_code() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()

    assert ROW.findall(text) == [(rule.name, rule.severity, rule.fires) for rule in RULES]
