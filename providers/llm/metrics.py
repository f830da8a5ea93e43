"""What models were asked and cost, for Prometheus: setting MODEL_METRICS, see jobs/hooks.py."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.db.models import Sum

from .models import ModelMonth

#: Name, what it is, names of its labels, and its value for each set of labels.
Counter = tuple[str, str, tuple[str, ...], Mapping[tuple[str, ...], float]]
_SUMS = ("calls", "failed", "input_tokens", "cached_tokens", "output_tokens", "cost")


def counters() -> Iterator[Counter]:
    """Of all organisations and months together; calls under way are added when they end."""
    calls: dict[tuple[str, ...], float] = {}
    tokens: dict[tuple[str, ...], float] = {}
    dollars: dict[tuple[str, ...], float] = {}
    for (task, model), sums in _sums():
        calls[task, model, "answered"] = float(sums["calls"] - sums["failed"])
        calls[task, model, "failed"] = float(sums["failed"])
        tokens[task, model, "input"] = float(sums["input_tokens"] - sums["cached_tokens"])
        tokens[task, model, "cached"] = float(sums["cached_tokens"])
        tokens[task, model, "output"] = float(sums["output_tokens"])
        dollars[task, model] = float(sums["cost"])
    yield "model_calls", "Questions to language models that have ended.", ("task", "model", "outcome"), calls
    yield "model_tokens", "Tokens; those read from a cache are not in input.", ("task", "model", "kind"), tokens
    yield "model_cost_usd", "US dollars, as far as models have a price.", ("task", "model"), dollars


def _sums() -> Iterator[tuple[tuple[str, str], dict[str, Decimal]]]:
    rows = ModelMonth.objects.order_by("task", "model").values_list("task", "model")
    for task, model, *sums in rows.annotate(**{f"all_{name}": Sum(name) for name in _SUMS}):
        yield (task, model), dict(zip(_SUMS, sums, strict=True))
