"""From stored figures and prices to a ranking: which rows count."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from providers.errors import RateLimited
from research.market.reading import fundamentals_of, rank_shares
from research.models import DailyPrice, ReportedFigure, Security
from tests.providers.servers import FakeSource, Sources

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Security:
    return share("ACME")


def share(symbol: str, **more: Any) -> Security:
    return Security.objects.create(
        tenant_id="acme", symbol=symbol, name=symbol, sector="Energy", sub_sector="Oil", source="file", **more
    )


def figure(security: Security, tag: str, value: int, year: int, **more: Any) -> ReportedFigure:
    flow = more.pop("flow", True)
    told = {
        "unit": "USD",
        "start": date(year, 1, 1) if flow else None,
        "end": date(year, 12, 31),
        "form": "10-K",
        "filed_on": date(year + 1, 2, 20),
        "accession": f"a-{year}",
    }
    return ReportedFigure.objects.create(
        tenant_id="acme", security=security, tag=tag, value=value, source="file", **told | more
    )


def price(security: Security, day: date, close: str) -> DailyPrice:
    return DailyPrice.objects.create(tenant_id="acme", security=security, date=day, close=close, source="file")


def revenue_of(security: Security, **more: Any) -> list[tuple[int, int]]:
    years = fundamentals_of([security], **more)[security.pk].years
    return [(one.end.year, int(one.revenue.value)) for one in years if one.revenue]


def test_the_newest_filing_of_a_period_counts_and_an_earlier_day_sees_the_one_before(acme):
    figure(acme, "Revenues", 900, 2023)
    figure(acme, "Revenues", 1000, 2024)
    restated = figure(acme, "Revenues", 950, 2024, accession="b-2025", filed_on=date(2026, 2, 20))
    figure(acme, "Revenues", 1100, 2025)

    assert revenue_of(acme) == [(2025, 1100), (2024, 950), (2023, 900)]
    assert revenue_of(acme, as_of=date(2025, 6, 30)) == [(2024, 1000), (2023, 900)]
    year = fundamentals_of([acme])[acme.pk].years[1]
    assert year.revenue
    assert year.revenue.facts == (f"figure:{restated.pk}",)


def test_only_whole_years_of_annual_reports_count_in_the_currency_of_the_share(acme):
    figure(acme, "Revenues", 1000, 2025)
    figure(acme, "Revenues", 250, 2025, start=date(2025, 10, 1), accession="q")
    figure(acme, "Revenues", 990, 2025, end=date(2025, 9, 30), start=date(2024, 10, 1), form="10-Q", accession="t")
    figure(acme, "Revenues", 7, 2024, unit="EUR")

    assert revenue_of(acme) == [(2025, 1000)]


def test_a_year_of_53_weeks_is_a_year_and_one_that_was_moved_does_not_count_twice(acme):
    figure(acme, "Revenues", 3, 2025, start=date(2025, 1, 1), end=date(2026, 1, 3))
    figure(acme, "Revenues", 2, 2025, start=date(2024, 7, 1), end=date(2025, 6, 30))
    figure(acme, "Revenues", 1, 2024, start=date(2023, 12, 28), end=date(2024, 12, 31))

    assert [value for _, value in revenue_of(acme)] == [3, 1]


def test_shares_are_counted_on_the_newest_cover(acme):
    figure(acme, "Revenues", 1000, 2025)
    figure(acme, "CommonStockSharesOutstanding", 90, 2025, flow=False, unit="shares")
    cover = "EntityCommonStockSharesOutstanding"
    figure(acme, cover, 100, 2025, flow=False, unit="shares", end=date(2026, 2, 10))
    figure(acme, cover, 95, 2025, flow=False, unit="shares", end=date(2026, 5, 10), form="10-Q", accession="q")

    found = fundamentals_of([acme])[acme.pk]

    assert found.shares
    assert found.shares.value == 95
    assert found.years[0].shares
    assert found.years[0].shares.value == 90


def test_momentum_leaves_out_the_last_month_and_takes_the_trading_day_before_a_holiday(acme):
    price(acme, date(2026, 10, 30), "15")
    price(acme, date(2026, 9, 29), "12")
    price(acme, date(2025, 10, 24), "10")
    price(acme, date(2025, 11, 3), "99")

    found = fundamentals_of([acme])[acme.pk]

    assert [one and one.value for one in (found.price, found.price_month_ago, found.price_year_ago)] == [15, 12, 10]


def test_a_share_that_is_traded_or_reports_no_longer_is_not_compared(acme):
    gone = share("GONE")
    for one, last in ((acme, 2025), (gone, 2022)):
        figure(one, "Revenues", 1000, last)
        price(one, date(last, 12, 30), "5")

    found = fundamentals_of([acme, gone])

    assert found[acme.pk].price
    assert found[acme.pk].years
    assert (found[gone.pk].price, found[gone.pk].years) == (None, ())


def test_ranking_takes_two_statements_however_many_shares(peers, django_assert_num_queries):
    with django_assert_num_queries(4):  # shares, the newest year, figures, prices
        ranking = rank_shares(tenant_id="acme", symbols=peers)

    assert [one.rank for one in ranking.ranked] == list(range(1, 9))
    assert rank_shares(tenant_id="acme", symbols=peers) == ranking
    assert rank_shares(tenant_id="other", symbols=peers).ranked == ()


@pytest.fixture
def edgar(source: Sources) -> FakeSource:
    return source("sec")


def facts_of(revenue: int) -> dict[str, Any]:
    def told(value: int, year: int, *, flow: bool = True) -> dict[str, Any]:
        entry = {"end": f"{year}-12-31", "val": value, "accn": "a-1", "form": "10-K", "filed": f"{year + 1}-02-20"}
        return entry | ({"start": f"{year}-01-01"} if flow else {})

    amounts = {
        "Revenues": [told(revenue, 2022), told(revenue * 2, 2025), told(5, 2025) | {"start": "2025-10-01"}],
        "OperatingIncomeLoss": [told(80, 2025)],
        **{
            tag: [told(value, 2025, flow=False)]
            for tag, value in {
                "Assets": 1000,
                "AssetsCurrent": 500,
                "LiabilitiesCurrent": 300,
                "Liabilities": 500,
                "RetainedEarningsAccumulatedDeficit": 300,
                "StockholdersEquity": 400,
                "CashAndCashEquivalentsAtCarryingValue": 50,
                "Goodwill": 7,
            }.items()
        },
    }
    return {"cik": 1, "facts": {"us-gaap": {tag: {"units": {"USD": rows}} for tag, rows in amounts.items()}}}


def test_figures_are_fetched_once_and_what_one_share_lacks_stops_no_other(edgar):
    share("GOOD", cik="0000000001")
    share("BAD", cik="0000000002")
    share("NONE")
    edgar.answers("/api/xbrl/companyfacts/CIK0000000001.json", json=facts_of(100))
    edgar.answers("/api/xbrl/companyfacts/CIK0000000002.json", status=403, text="no")

    ranking = rank_shares(tenant_id="acme", symbols=["GOOD", "BAD", "NONE"])
    again = rank_shares(tenant_id="acme", symbols=["GOOD"])

    assert [one.symbol for one in ranking.ranked] == [one.symbol for one in again.ranked] == ["GOOD"]
    assert str(ranking.ranked[0].factors["growth"].value) == "0.259921"
    reasons = {one.symbol: one.reason for one in ranking.excluded}
    assert reasons["BAD"].startswith("Its figures could not be fetched: ")
    assert reasons["NONE"].startswith("Only 0.00 of the weights")
    assert sum(1 for one in edgar.requests if "CIK0000000001" in one.path) == 1
    assert set(ReportedFigure.objects.values_list("source", flat=True)) == {"live"}
    assert not ReportedFigure.objects.filter(tag="Goodwill").exists()
    assert ReportedFigure.objects.filter(tag="Revenues").count() == 2


def test_where_nothing_can_be_ranked_because_the_source_asks_to_wait_the_error_says_so(edgar):
    share("ONE", cik="0000000001")
    share("TWO", cik="0000000002")
    edgar.answers("/api/xbrl/companyfacts/CIK0000000001.json", status=429, headers={"Retry-After": "7"})

    with pytest.raises(RateLimited) as refused:
        rank_shares(tenant_id="acme", symbols=["ONE", "TWO"])

    assert refused.value.retry_after == 7
    assert not any("CIK0000000002" in one.path for one in edgar.requests)


def test_stale_figures_are_ranked_when_new_ones_cannot_be_fetched(edgar):
    one = share("ONE", cik="0000000001")
    edgar.answers("/api/xbrl/companyfacts/CIK0000000001.json", json=facts_of(100), once=True)
    first = rank_shares(tenant_id="acme", symbols=["ONE"])
    Security.objects.update(figures_fetched_at=one.created_at - timedelta(days=9))
    edgar.answers("/api/xbrl/companyfacts/CIK0000000001.json", status=500)

    assert rank_shares(tenant_id="acme", symbols=["ONE"]) == first
    assert first.ranked[0].coverage == Decimal("0.60")
