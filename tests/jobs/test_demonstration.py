"""The demonstration set is made of the parts that apps declare."""

from typing import Any

import pytest

from jobs import demonstration
from jobs.demonstration import Loaded, demo_part, load_parts


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`parts("reports.demo", {"report": {}})` declares the part of a module; no other part is known."""
    monkeypatch.setattr(demonstration, "_parts", {})
    monkeypatch.setattr(demonstration, "autodiscover_modules", lambda name: None)

    def declare(module: str, examples: dict[str, dict[str, Any]]) -> None:
        def load(*, tenant_id: str) -> Loaded:
            return Loaded(said=[f"{module} of {tenant_id}"], examples=examples)

        load.__module__ = module
        demo_part(load)

    return declare


def test_parts_run_in_the_order_of_the_apps_whoever_was_imported_first(parts: Any) -> None:
    parts("reports.demo", {"report": {"a": 1}})
    parts("prospects.demo", {"signal": {"b": 2}})

    loaded = load_parts(tenant_id="acme")

    assert loaded.said == ["prospects.demo of acme", "reports.demo of acme"]
    assert loaded.examples == {"report": {"a": 1}, "signal": {"b": 2}}


def test_two_examples_of_one_type_are_a_mistake(parts: Any) -> None:
    parts("reports.demo", {"report": {}})
    parts("research.demo", {"report": {}})

    with pytest.raises(ValueError, match="example of report"):
        load_parts(tenant_id="acme")


def test_a_part_outside_of_every_app_is_a_mistake(parts: Any) -> None:
    parts("nowhere.demo", {})

    with pytest.raises(ValueError, match=r"nowhere\.demo"):
        load_parts(tenant_id="acme")
