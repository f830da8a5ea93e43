"""Windows, lags, gaps, versions and provisional values."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pricing.calculation import CannotPrice, Derivation, Item, Pricing, parse_terms, prepare, price
from pricing.calculation.observations import Frequency
from pricing.calculation.periods import month_of, quarter_of, slots, window

from .market import Market

# A week from Monday, without its Wednesday; versions are final.
WEEK = (("2026-03-02", "10"), ("2026-03-03", "20"), ("2026-03-05", "40"), ("2026-03-06", "50"))


def week() -> Market:
    market = Market()
    for day, value in WEEK:
        market.add("S", day, value)
    return market


def read(market: Market, current: dict[str, Any], *, at: str = "2026-03-08", **more: Any) -> Derivation:
    component = {"name": "S", "series": "S", "weight": "1", "base": {"value": "10"}, "current": current}
    common: dict[str, Any] = {
        key: more.pop(key) for key in ("unpublished", "versions", "collar", "deadBand") if key in more
    }
    terms = parse_terms({"family": "index", "currency": "USD", "components": [component | more], **common})
    item = Item(base_price=Decimal(1), quantity=Decimal(1))
    return price(prepare(terms, Pricing(at=date.fromisoformat(at), lookup=market)), item)


def current(derivation: Derivation) -> tuple[str, list[str]]:
    """The value, and the days it was made from."""
    step = next(one for one in derivation.steps if one.rule.startswith("current"))
    return str(step.rounded), [one["date"] for one in step.inputs]


DAYS = {"window": {"unit": "day", "count": 5, "lag": 2}}


def test_a_window_of_days_averages_what_is_there() -> None:
    assert current(read(week(), DAYS)) == ("30.000000", [day for day, _ in WEEK])


def test_a_missing_day_is_skipped_carried_or_refused() -> None:
    market = week().add("S", "2026-03-09", "60")

    assert current(read(market, DAYS, frequency="daily"))[0] == "30.000000"
    assert current(read(market, DAYS, frequency="daily", missing="carry")) == (
        "28.000000",
        [*(day for day, _ in WEEK), "2026-03-03"],
    )
    with pytest.raises(CannotPrice, match="no value for 2026-03-04") as caught:
        read(market, DAYS, frequency="daily", missing="fail")
    assert caught.value.code == "missing"


def test_a_day_after_the_last_published_one_fails_or_makes_the_price_provisional() -> None:
    to_monday = {"window": {"unit": "day", "count": 8}}

    with pytest.raises(CannotPrice, match="not published yet for 2026-03-09") as caught:
        read(week(), to_monday, at="2026-03-09", frequency="daily")
    allowed = read(week(), to_monday, at="2026-03-09", frequency="daily", unpublished="provisional")

    assert caught.value.code == "unpublished"
    assert (allowed.provisional, current(allowed)[0]) == (True, "30.000000")


def test_a_month_not_published_at_all_takes_the_last_value_before() -> None:
    market = Market().add("S", "2026-02-01", "11")

    done = read(market, {"window": {"unit": "month"}}, frequency="monthly", unpublished="provisional")

    assert (done.provisional, current(done)) == (True, ("11", ["2026-02-01"]))


def test_the_version_is_chosen_by_the_order_of_the_terms() -> None:
    market = Market()
    for version, value in (("preliminary", "1"), ("revised", "3"), ("final", "2"), ("draft", "9")):
        market.add("S", "2026-03-01", value, version)
    on = {"on": "2026-03-01"}

    assert current(read(market, on))[0] == "3"
    assert current(read(market, on, versions=["final", "preliminary"]))[0] == "2"
    assert read(market, on, versions=["preliminary"]).provisional


def test_the_last_values_may_leave_the_newest_out() -> None:
    lagged = {"window": {"unit": "observation", "count": 2, "lag": 1}}

    assert current(read(week(), lagged)) == ("30.000000", ["2026-03-03", "2026-03-05"])
    with pytest.raises(CannotPrice, match="has 4 values until 2026-03-08, and 6 are needed"):
        read(week(), {"window": {"unit": "observation", "count": 5, "lag": 1}})


def test_a_mean_weighted_by_volume() -> None:
    market = week()
    for (day, _), volume in zip(WEEK, ("1", "0", "0", "3"), strict=True):
        market.add("V", day, volume)

    done = read(market, DAYS, average="volume", volumeSeries="V")

    assert current(done)[0] == "40.000000"
    assert "(10 × 1 + 20 × 0 + 40 × 0 + 50 × 3) / 4" in done.steps[1].expression


@pytest.mark.parametrize("volume", ["0", "-1"])
def test_volumes_that_weigh_nothing_are_refused(volume: str) -> None:
    market = week()
    for day, _ in WEEK:
        market.add("V", day, volume)

    with pytest.raises(CannotPrice):
        read(market, DAYS, average="volume", volumeSeries="V")


@pytest.mark.parametrize(
    ("market", "asked", "code"),
    [
        (Market(), DAYS, "no_series"),
        (week(), {"window": {"unit": "month", "lag": 2}}, "no_values"),
        (week(), {"window": {"unit": "quarter", "count": 1000, "lag": 1000}}, "no_values"),
    ],
)
def test_what_is_not_there_is_named(market: Market, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(CannotPrice) as caught:
        read(market, asked, frequency="irregular")

    assert caught.value.code == code


def test_a_window_before_the_calendar_is_refused() -> None:
    with pytest.raises(CannotPrice, match="before the calendar"):
        read(week(), {"window": {"unit": "month", "count": 1000, "lag": 1000}}, at="0100-01-01")


def test_a_collar_per_period_counts_from_the_price_before() -> None:
    component = {"name": "S", "series": "S", "weight": "1", "base": {"value": "10"}, "current": {"on": "2026-03-06"}}
    terms = parse_terms(
        {
            "family": "index",
            "currency": "USD",
            "components": [component],
            "collar": {"period": {"cap": "4", "floor": "4"}, "cumulative": {"cap": "10"}},
        }
    )
    prepared = prepare(terms, Pricing(at=date(2026, 3, 8), lookup=week()))

    def priced(before: str | None) -> str:
        item = Item(
            base_price=Decimal(100), quantity=Decimal(1), price_before=Decimal(before) if before is not None else None
        )
        return str(price(prepared, item).price)

    assert [priced(None), priced("104.00"), priced("108.16")] == ["104.00", "108.16", "110.00"]


def test_months_quarters_and_slots() -> None:
    assert month_of(date(2026, 1, 31), back=2) == (date(2025, 11, 1), date(2025, 11, 30))
    assert month_of(date(2024, 2, 10)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert quarter_of(date(2026, 2, 1), back=1) == (date(2025, 10, 1), date(2025, 12, 31))
    assert window("month", 3, 1, at=date(2026, 3, 15)) == (date(2025, 12, 1), date(2026, 2, 28))
    assert window("day", 28, 1, at=date(2026, 3, 1)) == (date(2026, 2, 1), date(2026, 2, 28))
    march = month_of(date(2026, 3, 1))
    counts = {kind: len(list(slots(kind, march))) for kind in Frequency}
    assert counts == {
        "daily": 22,
        "calendar-daily": 31,
        "weekly": 4,
        "monthly": 1,
        "quarterly": 0,
        "yearly": 0,
        "irregular": 0,
    }
