"""What follows from a company's figures: factors, and numbers out of the tags that companies use."""

from datetime import date
from decimal import Decimal

import pytest

from research.market.concepts import year_of
from research.market.factors import FiscalYear, Fundamentals, Known, enterprise_value, factors_of, market_value
from research.market.piotroski import piotroski

END = date(2025, 12, 31)


def known(value: str | int, key: str = "") -> Known:
    return Known(value=Decimal(value), facts=(key,) if key else ())


def tagged(**values: int) -> dict[str, Known]:
    return {tag: known(value, f"figure:{tag}") for tag, value in values.items()}


def company(**changes: Known | None) -> Fundamentals:
    """EBIT 80, tax 25 %, equity 400, debt 150, cash 50; 100 shares at 9, so an enterprise value of 1,000."""
    told: dict[str, Known | None] = {
        "revenue": known(800, "figure:1"),
        "ebit": known(80, "figure:2"),
        "pretax_income": known(72, "figure:3"),
        "income_tax": known(18, "figure:4"),
        "assets": known(1000, "figure:5"),
        "current_assets": known(500, "figure:6"),
        "current_liabilities": known(300, "figure:7"),
        "liabilities": known(500, "figure:8"),
        "retained_earnings": known(300, "figure:9"),
        "equity": known(400, "figure:10"),
        "debt": known(150, "figure:11"),
        "cash": known(50, "figure:12"),
    }
    before = FiscalYear(end=date(2022, 12, 31), revenue=known(400, "figure:20"))
    return Fundamentals(
        years=(FiscalYear(end=END, **(told | changes)), before),
        shares=known(100, "figure:13"),
        price=known(9, "price:1"),
        price_month_ago=known(12, "price:2"),
        price_year_ago=known(10, "price:3"),
    )


def test_the_five_factors_by_hand_each_with_what_it_was_computed_from():
    found = factors_of(company())

    assert {name: str(one.value) for name, one in found.items()} == {
        "value": "0.080000",  # 80 / (900 + 150 - 50)
        "quality": "0.120000",  # 80 × .75 / (400 + 150 - 50)
        "growth": "0.259921",  # 2 ^ ⅓ - 1
        "momentum": "0.200000",
        "safety": "3.667600",  # 6.56 × .2 + 3.26 × .3 + 6.72 × .08 + 1.05 × .8
    }
    assert found["value"].facts == ("figure:2", "price:1", "figure:13", "figure:11", "figure:12")
    assert found["momentum"].facts == ("price:2", "price:3")


@pytest.mark.parametrize(
    ("changes", "factor", "missing"),
    [
        ({"ebit": None}, "value", "operating profit is not known"),
        ({"debt": None}, "quality", "debt is not known"),
        ({"cash": known(2000)}, "value", "the enterprise value is not positive, so a yield on it means nothing"),
        ({"cash": known(2000)}, "quality", "the invested capital is not positive, so a return on it means nothing"),
        ({"revenue": known(0)}, "growth", "revenue was not positive, so its growth means nothing"),
        ({"retained_earnings": None}, "safety", "retained earnings are not known"),
    ],
)
def test_a_factor_that_cannot_be_computed_says_what_lacks(changes, factor, missing):
    assert (factors_of(company(**changes))[factor].value, factors_of(company(**changes))[factor].missing) == (
        None,
        missing,
    )


def test_absurd_numbers_break_nothing():
    huge = known("9" * 21)
    found = factors_of(company(ebit=huge, debt=huge, retained_earnings=known("-" + "9" * 21)))

    assert all(one.value is not None for one in found.values())
    assert market_value(Fundamentals(shares=huge, price=known("9" * 14))).value


def test_without_anything_every_factor_is_missing():
    assert all(one.value is None and one.missing for one in factors_of(Fundamentals()).values())


@pytest.mark.parametrize("changes", [{"income_tax": None}, {"pretax_income": known(-5)}, {"income_tax": known(70)}])
def test_a_tax_rate_that_means_nothing_is_replaced_by_the_statutory_one(changes):
    assert str(factors_of(company(**changes))["quality"].value) == "0.126400"  # 80 × .79 / 500


def test_shares_of_others_in_the_business_belong_to_its_price_and_its_capital():
    with_others = company(other_claims=known(100))

    assert enterprise_value(with_others).value == 1100
    assert str(factors_of(with_others)["quality"].value) == "0.100000"


def test_revenue_is_found_under_the_tags_of_its_time():
    assert year_of(END, tagged(SalesRevenueNet=5)).revenue == known(5, "figure:SalesRevenueNet")
    both = tagged(Revenues=7, RevenueFromContractWithCustomerExcludingAssessedTax=6)
    assert year_of(END, both).revenue == known(7, "figure:Revenues")


def test_what_is_not_tagged_is_computed_where_accounting_allows_it():
    pretax = "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest"
    year = year_of(
        END,
        tagged(**{pretax: 70}, InterestExpense=10, Revenues=100, CostOfRevenue=60, Assets=50, StockholdersEquity=20),
    )

    assert year.ebit == Known(value=Decimal(80), facts=(f"figure:{pretax}", "figure:InterestExpense"))
    assert [one and one.value for one in (year.gross_profit, year.liabilities)] == [Decimal(40), Decimal(30)]


@pytest.mark.parametrize(
    ("told", "debt"),
    [
        ({"LongTermDebtNoncurrent": 90, "LongTermDebtCurrent": 10}, 100),
        ({"LongTermDebt": 100, "LongTermDebtNoncurrent": 90, "LongTermDebtCurrent": 10}, 100),
        ({"LongTermDebtNoncurrent": 90, "DebtCurrent": 25, "LongTermDebtCurrent": 10}, 115),
        ({"LongTermDebt": 100, "LongTermDebtCurrent": 10, "DebtCurrent": 25}, 115),
        ({"LongTermDebt": 100, "CommercialPaper": 15}, 115),
        ({"DebtLongtermAndShorttermCombinedAmount": 7, "LongTermDebt": 5}, 7),
        ({"Assets": 10}, 0),
        ({"Assets": 10, "InterestExpense": 0}, 0),
        ({"Assets": 10, "InterestExpense": 3}, None),
        ({}, None),
    ],
)
def test_debt_is_counted_once_and_is_nothing_only_for_who_pays_no_interest(told, debt):
    found = year_of(END, tagged(**told)).debt

    assert (found.value if found else None) == debt


def test_cash_includes_what_can_be_sold_at_once():
    cash = year_of(END, tagged(CashAndCashEquivalentsAtCarryingValue=5, ShortTermInvestments=3)).cash

    assert cash
    assert cash.value == 8


def year(end: int, **values: int) -> FiscalYear:
    return FiscalYear(end=date(end, 12, 31), **{name: known(value) for name, value in values.items()})


def test_the_nine_tests_of_piotroski_by_hand():
    flows = ("net_income", "operating_cash_flow", "revenue", "gross_profit")
    holdings = ("assets", "current_assets", "current_liabilities", "long_term_debt", "shares")
    better = dict(zip((*flows, *holdings), (12, 15, 120, 50, 110, 60, 30, 20, 10), strict=True))
    worse = dict(zip((*flows, *holdings), (5, 4, 100, 40, 100, 50, 30, 22, 10), strict=True))
    up = piotroski(Fundamentals(years=(year(2025, **better), year(2024, **worse), year(2023, assets=100))))
    down = piotroski(
        Fundamentals(years=(year(2025, **worse | {"shares": 11}), year(2024, **better), year(2023, assets=100)))
    )

    assert up
    assert (up.passed, up.known) == (9, 9)
    assert down
    assert [name for name, passed in down.tests.items() if passed] == [
        "return on assets is positive",
        "operating cash flow is positive",
    ]
    assert piotroski(Fundamentals(years=(year(2025, **better),))) is None
