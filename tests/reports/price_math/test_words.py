"""Words and cells of price derivations: pure."""

from typing import Any

import pytest

from reports.price_math.data_files import cell
from reports.price_math.paper import reading_words
from reports.price_math.words import input_words

OBSERVED = {"series": "WTI", "date": "2026-03-02", "version": "final", "revision": 2, "observation": 7, "value": "76.1"}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (OBSERVED, "WTI 2026-03-02 final r2 #7: 76.1"),
        (OBSERVED | {"carried": True}, "WTI 2026-03-02 final r2 #7: 76.1, carried over"),
        (
            OBSERVED | {"volume": OBSERVED | {"series": "VOL", "value": "3"}},
            "WTI 2026-03-02 final r2 #7: 76.1, weight VOL 2026-03-02 final r2 #7: 3",
        ),
        ({"step": 3, "value": "78.266667"}, "step 3: 78.266667"),
        ({"contract": "base price", "value": "1000"}, "contract's base price: 1000"),
        ({"contract": "dead band", "value": "5", "mode": "excess"}, "contract's dead band: 5 (excess)"),
        ({"contract": "bounds", "cap": "4", "floor": "open"}, "contract's cap: 4, floor: open"),
        ({"item": "quantity", "value": "500"}, "line's quantity: 500"),
        ({"before": "amount", "value": "526390.00"}, "amount before: 526390.00"),
    ],
)
def test_an_input_says_what_it_is(given: dict[str, Any], told: str) -> None:
    assert input_words(given) == told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"value": "72.50", "on": None, "between": None, "window": None}, "given: 72.50"),
        ({"on": "2025-01-01"}, "value of 2025-01-01"),
        ({"between": {"from": "2025-01-01", "to": "2025-01-31"}}, "mean of 2025-01-01 to 2025-01-31"),
        ({"window": {"unit": "month", "count": 1, "lag": 0}}, "mean of 1 month"),
        ({"window": {"unit": "day", "count": 28, "lag": 2}}, "mean of 28 days, 2 left out before the pricing date"),
    ],
)
def test_a_reading_is_told_in_words(given: dict[str, Any], told: str) -> None:
    assert reading_words(given) == told


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("@sum", "'@sum"),
        ("-750.00", "-750.00"),
        ("-1 + 2", "'-1 + 2"),
        ("\tx", "'\tx"),
        ("1052.78", "1052.78"),
        (None, ""),
        (True, "yes"),
    ],
)
def test_no_cell_runs_in_a_spreadsheet(value: Any, shown: str) -> None:
    assert cell(value) == shown
