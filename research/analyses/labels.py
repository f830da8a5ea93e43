"""What the number of a fact is called in a table."""

from collections.abc import Mapping

from .evidence import Fact, Topic

_LABELS: Mapping[Topic, str] = {
    Topic.VALUE: "EBIT / EV",
    Topic.QUALITY: "Return on invested capital",
    Topic.GROWTH: "Revenue growth, latest year",
    Topic.MOMENTUM: "Momentum 12–1",
    Topic.SAFETY: "Altman Z″",
    Topic.REVENUE: "Revenue",
    Topic.MARGIN: "Margin",
    Topic.PROFIT: "Operating profit",
    Topic.CASH_FLOW: "Operating cash flow",
    Topic.DEBT: "Debt",
    Topic.CASH: "Cash",
    Topic.LIQUIDITY: "Current ratio",
    Topic.PIOTROSKI: "Piotroski tests passed",
    Topic.VALUATION: "Market value",
    Topic.PRICE: "Price",
}
_AVERAGE_GROWTH = "Revenue growth a year, average"
_ENTERPRISE_VALUE = "Enterprise value"


def label_of(fact: Fact) -> str:
    """Empty for a fact whose number is none of the share's own, such as a rank or what peers have."""
    text = fact.text.lower()
    if fact.topic is Topic.GROWTH and ("average" in text or "a year" in text):
        return _AVERAGE_GROWTH
    if fact.topic is Topic.MARGIN:
        return next((f"{kind.capitalize()} margin" for kind in ("gross", "operating", "net") if kind in text), "Margin")
    if fact.topic is Topic.VALUATION and "enterprise value" in text:
        return _ENTERPRISE_VALUE
    return _LABELS.get(fact.topic, "")
