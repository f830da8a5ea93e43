"""Facts of a made-up share, as research.market numbers them, and analyses of it."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Share:
    symbol: str = "AAA"
    name: str = "Alpha Pumps Inc"
    rank: int = 1
    composite: Decimal = Decimal("59.375")
    factors: dict[str, Any] = field(default_factory=dict)


def fact(number: int, text: str, value: str | None = None, unit: str = "", **more: str) -> dict[str, Any]:
    row = {"id": f"F{number}", "text": text, "value": value, "unit": unit, "origin": "sample", "reference": "sample"}
    return row | more


def facts(
    *,
    growth: str = "0.12",
    momentum: str = "0.25",
    safety: str = "3.8",
    quality: str = "0.18",
    value: str = "0.08",
) -> list[dict[str, Any]]:
    return [
        fact(1, "Alpha Pumps Inc makes pumps; its shares are traded as AAA.", topic="company"),
        fact(2, "It ranks 1 of 8 peers with a composite of 59.375 of 100.", "59.375", topic="rank"),
        fact(3, "Its revenue was 1,250,000,000 USD in the year to 2025-12-31.", "1250000000", "USD", topic="revenue"),
        fact(4, f"Its revenue changed by {_percent(growth)} % a year.", growth, "ratio", topic="growth"),
        fact(5, f"Its return on invested capital is {_percent(quality)} %.", quality, "ratio", topic="quality"),
        fact(6, f"Its EBIT is {_percent(value)} % of its enterprise value.", value, "ratio", topic="value"),
        fact(7, f"Its price moved by {_percent(momentum)} % in twelve months.", momentum, "ratio", topic="momentum"),
        fact(8, f"Its Altman Z″ is {safety}.", safety, topic="safety"),
    ]


def _percent(share: str) -> str:
    return f"{Decimal(share) * 100:.1f}"


def statement(text: str, *cited: str, kind: str = "fact") -> dict[str, Any]:
    return {"text": text, "kind": kind, "facts": list(cited)}


def content(**changes: Any) -> dict[str, Any]:
    """A sound analysis of `facts()`."""
    sound: dict[str, Any] = {
        "thesis": [statement("It grows and earns well on its capital.", "F4", "F5", kind="assessment")],
        "business": [statement("Alpha Pumps Inc makes pumps.", "F1")],
        "financials": [statement("Its revenue was 1.25 billion USD in 2025.", "F3")],
        "valuation": [statement("EBIT is 8 % of enterprise value.", "F6")],
        "momentum": [statement("The price moved by 25 %.", "F7")],
        "risks": [statement("No risk shows in the facts.", kind="gap")],
        "bear": [statement("What was earned so far may not last.", "F5", "F6", kind="assessment")],
        "catalysts": [statement("A fall of its return on capital would change the picture.", "F5", kind="assessment")],
        "conclusion": [statement("Growth and safety outweigh the rest.", "F4", "F8", kind="assessment")],
        "confidence": "high",
    }
    return sound | changes
