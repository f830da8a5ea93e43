"""The dashboard and the alert rules in deploy/ use metrics that exist, with labels they have."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from jobs import hooks, prometheus
from jobs.submission import Options
from jobs.testing import run_job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("diagnostic_types", "redis_clean")]
DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
#: Words of PromQL and of the expressions that are neither metrics nor labels.
WORDS = {"sum", "by", "rate", "increase", "histogram_quantile", "and", "on", "unless", "absent", "up", "or"}
#: Prometheus's own, and Grafana's variable.
OUTSIDE = {"job", "le"}


def dashboard() -> list[str]:
    panels = json.loads((DEPLOY / "grafana" / "quarry.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    return [target["expr"] for panel in panels for target in panel["targets"]]


def rules() -> list[str]:
    """The expressions, those folded over several lines too; nothing here reads YAML otherwise."""
    text = (DEPLOY / "prometheus" / "rules.yml").read_text()
    found = re.findall(r"^        expr: (?:>-\n((?:          .+\n)+)|(.+)\n)", text, re.MULTILINE)
    assert len(found) == text.count("- alert:")
    return [" ".join((folded or plain).split()) for folded, plain in found]


def names(expression: str) -> set[str]:
    """The metrics and labels that an expression mentions."""
    without_texts = re.sub(r'"[^"]*"|\[[^\]]*\]', "", expression)
    return set(re.findall(r"\b[a-z_]{2,}\b", without_texts)) - WORDS


def circuits() -> dict[str, hooks.Circuit]:
    return {"edgar": hooks.Circuit.CLOSED}


@pytest.mark.parametrize("expressions", [dashboard, rules])
def test_every_metric_and_label_that_is_used_exists(
    expressions: object, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROVIDER_CIRCUITS = f"{__name__}.circuits"
    monkeypatch.setattr(prometheus, "REMEMBERED_SECONDS", 0.0)
    run_job("diag-noop", options=Options(queue="scoring"))
    run_job("diag-fail", {"errorClass": "VALIDATION_ERROR"}, options=Options(queue="scoring"))
    families = list(text_string_to_metric_families(prometheus.exposition().decode()))
    known = {sample.name for family in families for sample in family.samples}
    # Counters of what has not happened yet have a name and no sample.
    known |= {f"{family.name}_total" for family in families if family.type == "counter"}
    labels = {label for family in families for sample in family.samples for label in sample.labels} | OUTSIDE

    assert callable(expressions)
    for expression in expressions():
        used = names(expression)
        assert used & known or "up{" in expression, expression
        assert used <= known | labels, expression
