"""EIA, FRED and BLS, played by a local server in their documented shapes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from providers import bls, eia, fred
from providers.errors import BadPayload, RateLimited, Rejected
from providers.http import client_for
from providers.index_values import IndexValue, period_start
from tests.providers.servers import KEY, Sources

START, END = date(2026, 1, 1), date(2026, 12, 31)
EIA_PATH = "/v2/petroleum/pri/spt/data/"
FRED_PATH = "/fred/series/observations"
VINTAGES_PATH = "/fred/series/vintagedates"
ASK: dict[str, Any] = {
    "eia": lambda: list(
        eia.values(client_for("eia"), "petroleum/pri/spt", "RWTC", frequency="daily", start=START, end=END)
    ),
    "fred": lambda: list(fred.values(client_for("fred"), "DCOILWTICO", start=START, end=END)),
    "bls": lambda: list(bls.values(client_for("bls"), "WPU0561", start=START, end=END)),
}
PATHS = {"eia": EIA_PATH, "fred": VINTAGES_PATH, "bls": "/publicAPI/v2/timeseries/data/"}


def eia_page(total: str, *rows: tuple[str, Any]) -> dict[str, Any]:
    data = [{"period": period, "series": "RWTC", "value": value, "units": "$/BBL"} for period, value in rows]
    return {"response": {"total": total, "dateFormat": "YYYY-MM-DD", "frequency": "daily", "data": data}}


def bls_body(*rows: dict[str, Any], status: str = "REQUEST_SUCCEEDED", message: tuple[str, ...] = ()) -> dict[str, Any]:
    series = [{"seriesID": "WPU0561", "data": list(rows)}]
    return {"status": status, "responseTime": 12, "message": list(message), "Results": {"series": series}}


@pytest.mark.parametrize("name", ASK)
def test_a_pause_is_a_rate_limit_and_another_shape_no_answer(source: Sources, name: str) -> None:
    fake = source(name)
    fake.answers(PATHS[name], json={"sorry": True})

    with pytest.raises(BadPayload):
        ASK[name]()


@pytest.mark.parametrize("name", ASK)
def test_a_429_says_how_long_to_wait(source: Sources, name: str) -> None:
    source(name).answers(PATHS[name], status=429, headers={"Retry-After": "30"}, text="slow down")

    with pytest.raises(RateLimited) as raised:
        ASK[name]()

    assert raised.value.retry_after == 30


def test_eia_is_read_page_by_page_and_missing_values_are_left_out(source: Sources) -> None:
    fake = source("eia")
    fake.answers(EIA_PATH, json=eia_page("4", ("2026-04-20", "91.06"), ("2026-04-21", None)), once=True)
    fake.answers(EIA_PATH, json=eia_page("4", ("2026-04-22", "NA"), ("2026-04-23", 90)), once=True)

    found = ASK["eia"]()

    assert [(one.date, one.value) for one in found] == [
        (date(2026, 4, 20), Decimal("91.06")),
        (date(2026, 4, 23), Decimal(90)),
    ]
    assert [request.args["offset"] for request in fake.requests] == ["0", "2"]
    assert fake.requests[0].args["facets[series][]"] == "RWTC"


def test_fred_tells_every_vintage_with_the_day_it_appeared(source: Sources) -> None:
    rows = [
        {"realtime_start": "2026-02-05", "realtime_end": "2026-03-04", "date": "2026-01-01", "value": "14.81"},
        {"realtime_start": "2026-03-05", "realtime_end": "9999-12-31", "date": "2026-01-01", "value": "14.90"},
        {"realtime_start": "2026-03-05", "realtime_end": "9999-12-31", "date": "2026-02-01", "value": "."},
    ]
    fake = source("fred")
    fake.answers(VINTAGES_PATH, json={"count": 2, "vintage_dates": ["2026-02-05", "2026-03-05"]})
    fake.answers(FRED_PATH, json={"count": 3, "offset": 0, "limit": 100000, "observations": rows})

    found = ASK["fred"]()

    assert [(one.value, one.published_at) for one in found] == [
        (Decimal("14.81"), datetime(2026, 2, 5, 23, 59, 59, tzinfo=UTC)),
        (Decimal("14.90"), datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC)),
    ]
    assert (fake.requests[1].args["realtime_start"], fake.requests[1].args["realtime_end"]) == (
        "1776-07-04",
        "9999-12-31",
    )


def test_fred_is_asked_period_by_period_where_a_series_has_more_vintages_than_one_answer_may(
    source: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fred, "VINTAGES", 2)
    fake = source("fred")
    fake.answers(VINTAGES_PATH, json={"count": 3, "vintage_dates": ["2026-02-05", "2026-03-05", "2026-04-05"]})
    earlier = [
        {"realtime_start": "2026-02-05", "realtime_end": "2026-03-04", "date": "2026-01-01", "value": "1.0"},
        {"realtime_start": "2026-03-05", "realtime_end": "2026-03-05", "date": "2026-01-01", "value": "1.1"},
    ]
    later = [
        {"realtime_start": "2026-04-05", "realtime_end": "9999-12-31", "date": "2026-01-01", "value": "1.1"},
        {"realtime_start": "2026-04-05", "realtime_end": "9999-12-31", "date": "2026-02-01", "value": "2.0"},
    ]
    for rows in (earlier, later):
        fake.answers(FRED_PATH, json={"count": 2, "observations": rows}, once=True)

    found = ASK["fred"]()

    assert [(str(one.value), one.published_at.date().isoformat()) for one in found] == [
        ("1.0", "2026-02-05"),
        ("1.1", "2026-03-05"),
        ("2.0", "2026-04-05"),
    ]
    asked = [(one.args["realtime_start"], one.args["realtime_end"]) for one in fake.requests[1:]]
    assert asked == [("1776-07-04", "2026-03-05"), ("2026-04-05", "9999-12-31")]


def test_bls_marks_preliminary_and_revised_values_and_annual_averages_are_left_out(source: Sources) -> None:
    fake = source("bls")
    fake.answers(
        PATHS["bls"],
        json=bls_body(
            {"year": "2026", "period": "M13", "value": "260.0", "footnotes": [{}]},
            {"year": "2026", "period": "M03", "value": "262.5", "footnotes": [{"code": "P", "text": "Preliminary"}]},
            {"year": "2026", "period": "M02", "value": "261.0", "footnotes": [{"code": "R"}]},
            {"year": "2026", "period": "M01", "value": "-", "footnotes": [{}]},
            {"year": "2026", "period": "Q01", "value": "1,164.8", "footnotes": [{}]},
        ),
    )

    found = ASK["bls"]()

    assert found == [
        IndexValue(date=date(2026, 1, 1), value=Decimal("1164.8"), version="final"),
        IndexValue(date=date(2026, 2, 1), value=Decimal("261.0"), version="revised"),
        IndexValue(date=date(2026, 3, 1), value=Decimal("262.5"), version="preliminary"),
    ]
    assert fake.requests[0].get_json()["registrationkey"] == KEY


def test_bls_is_asked_in_parts_of_twenty_years_or_without_a_key_of_ten(source: Sources) -> None:
    fake = source("bls", key="")
    fake.answers("/publicAPI/v1/timeseries/data/", json=bls_body())

    list(bls.values(client_for("bls"), "X", start=date(2000, 1, 1), end=date(2019, 1, 1)))

    asked = [request.get_json() for request in fake.requests]
    assert [(one["startyear"], one["endyear"]) for one in asked] == [("2000", "2009"), ("2010", "2019")]
    assert "registrationkey" not in asked[0]


@pytest.mark.parametrize(
    ("message", "error"),
    [("Request could not be serviced, as the daily threshold has been reached.", RateLimited), ("Invalid", Rejected)],
)
def test_a_failure_of_bls_lives_in_its_status(source: Sources, message: str, error: type[Exception]) -> None:
    source("bls").answers(PATHS["bls"], json=bls_body(status="REQUEST_NOT_PROCESSED", message=(message,)))

    with pytest.raises(error, match=message[:20]):
        ASK["bls"]()


def test_a_frequency_that_eia_does_not_know_is_refused(source: Sources) -> None:
    source("eia")

    with pytest.raises(Rejected, match="daily"):
        list(eia.values(client_for("eia"), "a", "b", frequency="hourly", start=START, end=END))


@pytest.mark.parametrize(
    ("text", "first"),
    [("2026", "2026-01-01"), ("2026-04", "2026-04-01"), ("2026-Q3", "2026-07-01"), ("2026-04-20", "2026-04-20")],
)
def test_a_period_begins_on_its_first_day(text: str, first: str) -> None:
    assert str(period_start(text)) == first
    assert period_start("2026-13") is None
    assert period_start("lately") is None
