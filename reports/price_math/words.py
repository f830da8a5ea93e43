"""What a step was computed from, in words: the same in a table cell of a spreadsheet and on paper."""

from collections.abc import Sequence
from typing import Any


def input_words(one: dict[str, Any]) -> str:
    """Such as `WTI 2026-03-02 final r1 #12: 76.1`, `step 3: 78.266667` or `contract's dead band: 5 (excess)`."""
    if "observation" in one:
        volume = f", weight {_observed(one['volume'])}" if one.get("volume") else ""
        return f"{_observed(one)}{', carried over' if one.get('carried') else ''}{volume}"
    if "step" in one:
        return f"step {one['step']}: {one['value']}"
    if "item" in one:
        return f"line's {one['item']}: {one['value']}"
    if "before" in one:
        return f"{one['before']} before: {one['value']}"
    if one.get("contract") == "bounds":
        return f"contract's cap: {one['cap']}, floor: {one['floor']}"
    mode = f" ({one['mode']})" if one.get("mode") else ""
    return f"contract's {one.get('contract', 'value')}: {one.get('value', '')}{mode}"


def inputs_words(inputs: Sequence[dict[str, Any]]) -> str:
    return "; ".join(input_words(one) for one in inputs)


def _observed(one: dict[str, Any]) -> str:
    return f"{one['series']} {one['date']} {one['version']} r{one['revision']} #{one['observation']}: {one['value']}"
