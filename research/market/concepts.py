"""Which XBRL tags say what: one fiscal year out of the numbers that a company tagged. Pure.

Companies tag the same thing differently, and the tags changed with the years: of each list, the first tag
that the year has is taken. A number that no tag gives is computed where accounting allows it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from .factors import FiscalYear, Known, combined

Tagged = Mapping[str, Known]
_ZERO = Decimal()

REVENUE = (
    "Revenues",
    "RevenueFromContractWithCustomerExcludingAssessedTax",
    "RevenueFromContractWithCustomerIncludingAssessedTax",
    "SalesRevenueNet",
    "SalesRevenueGoodsNet",
    "SalesRevenueServicesNet",
    "RevenuesNetOfInterestExpense",
)
COST_OF_REVENUE = ("CostOfRevenue", "CostOfGoodsAndServicesSold", "CostOfGoodsSold", "CostOfServices")
PRETAX_INCOME = (
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest",
    "IncomeLossFromContinuingOperationsBeforeIncomeTaxesMinorityInterestAndIncomeLossFromEquityMethodInvestments",
)
INTEREST = ("InterestExpense", "InterestExpenseNonoperating", "InterestExpenseDebt", "InterestAndDebtExpense")
NET_INCOME = ("NetIncomeLoss", "ProfitLoss", "NetIncomeLossAvailableToCommonStockholdersBasic")
OPERATING_CASH_FLOW = (
    "NetCashProvidedByUsedInOperatingActivities",
    "NetCashProvidedByUsedInOperatingActivitiesContinuingOperations",
)
EQUITY = ("StockholdersEquity",)
EQUITY_WITH_OTHERS = ("StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest",)
CASH = (
    "CashAndCashEquivalentsAtCarryingValue",
    "CashCashEquivalentsRestrictedCashAndRestrictedCashEquivalents",
    "Cash",
)
CASH_AND_INVESTMENTS = ("CashCashEquivalentsAndShortTermInvestments",)
SHORT_INVESTMENTS = (
    "ShortTermInvestments",
    "MarketableSecuritiesCurrent",
    "AvailableForSaleSecuritiesDebtSecuritiesCurrent",
)
ALL_DEBT = ("DebtLongtermAndShorttermCombinedAmount",)
#: With the part that is due within a year.
LONG_DEBT = ("LongTermDebt", "LongTermDebtAndCapitalLeaseObligationsIncludingCurrentMaturities")
LONG_DEBT_LATER = ("LongTermDebtNoncurrent", "LongTermDebtAndCapitalLeaseObligations")
LONG_DEBT_DUE = ("LongTermDebtCurrent", "LongTermDebtAndCapitalLeaseObligationsCurrent")
#: All debt that is due within a year, of whatever term it was.
DEBT_DUE = ("DebtCurrent",)
SHORT_DEBT = ("ShortTermBorrowings", "CommercialPaper", "OtherShortTermBorrowings")
OTHER_CLAIMS = (("MinorityInterest",), ("PreferredStockValue",))
#: Counted at the balance sheet's date or averaged over the year, for comparing years.
YEAR_SHARES = (
    "CommonStockSharesOutstanding",
    "WeightedAverageNumberOfDilutedSharesOutstanding",
    "WeightedAverageNumberOfSharesOutstandingBasic",
)
#: The count on the cover of a filing, the newest there is.
COVER_SHARES = "EntityCommonStockSharesOutstanding"

_SINGLE = (
    "GrossProfit",
    "OperatingIncomeLoss",
    "IncomeTaxExpenseBenefit",
    "Assets",
    "AssetsCurrent",
    "LiabilitiesCurrent",
    "Liabilities",
    "LiabilitiesAndStockholdersEquity",
    "RetainedEarningsAccumulatedDeficit",
)
_LISTS: tuple[Sequence[str], ...] = (
    REVENUE,
    COST_OF_REVENUE,
    PRETAX_INCOME,
    INTEREST,
    NET_INCOME,
    OPERATING_CASH_FLOW,
    EQUITY,
    EQUITY_WITH_OTHERS,
    CASH,
    CASH_AND_INVESTMENTS,
    SHORT_INVESTMENTS,
    ALL_DEBT,
    LONG_DEBT,
    LONG_DEBT_LATER,
    LONG_DEBT_DUE,
    DEBT_DUE,
    SHORT_DEBT,
    *OTHER_CLAIMS,
    YEAR_SHARES,
)
#: What a year is recognised by: it ends where one of these ends.
FLOWS = frozenset((*REVENUE, "OperatingIncomeLoss", *PRETAX_INCOME, *NET_INCOME))
#: All that is read; nothing else of a company's thousands of numbers is kept.
TAGS = frozenset((*_SINGLE, *(tag for names in _LISTS for tag in names), COVER_SHARES))
SHARE_TAGS = frozenset((*YEAR_SHARES, COVER_SHARES))


def year_of(end: date, told: Tagged) -> FiscalYear:
    """told: by tag, the flows of the year that ended then and what held at its end."""
    revenue, assets = _first(told, REVENUE), told.get("Assets")
    equity = _equity(told)
    pretax = _first(told, PRETAX_INCOME)
    return FiscalYear(
        end=end,
        revenue=revenue,
        gross_profit=told.get("GrossProfit") or _less(revenue, _first(told, COST_OF_REVENUE)),
        ebit=told.get("OperatingIncomeLoss") or _plus(pretax, _first(told, INTEREST)),
        pretax_income=pretax,
        income_tax=told.get("IncomeTaxExpenseBenefit"),
        net_income=_first(told, NET_INCOME),
        operating_cash_flow=_first(told, OPERATING_CASH_FLOW),
        assets=assets,
        current_assets=told.get("AssetsCurrent"),
        current_liabilities=told.get("LiabilitiesCurrent"),
        liabilities=told.get("Liabilities") or _liabilities(told, assets, equity),
        equity=equity,
        retained_earnings=told.get("RetainedEarningsAccumulatedDeficit"),
        debt=_debt(told),
        long_term_debt=_long_term(told),
        cash=_cash(told),
        other_claims=_sum([_first(told, names) for names in OTHER_CLAIMS]),
        shares=_first(told, YEAR_SHARES),
    )


def _equity(told: Tagged) -> Known | None:
    """Of the company's own shareholders."""
    return _first(told, EQUITY) or _less(_first(told, EQUITY_WITH_OTHERS), told.get("MinorityInterest"), default=True)


def _liabilities(told: Tagged, assets: Known | None, equity: Known | None) -> Known | None:
    """All of the balance sheet that belongs to nobody who holds shares."""
    return _less(told.get("LiabilitiesAndStockholdersEquity") or assets, _first(told, EQUITY_WITH_OTHERS) or equity)


def _debt(told: Tagged) -> Known | None:
    """Nothing where neither debt nor interest is reported: who owes nothing tags nothing. Unknown where interest is."""
    whole = _first(told, ALL_DEBT)
    if whole:
        return whole
    later, due = _first(told, LONG_DEBT_LATER), _first(told, DEBT_DUE)
    if due:
        return _sum([due, later or _less(_first(told, LONG_DEBT), _first(told, LONG_DEBT_DUE), default=True)])
    found = _sum([_long_term_with_due(told), _first(told, SHORT_DEBT)])
    interest = _first(told, INTEREST)
    if found or (interest and interest.value) or "Assets" not in told:
        return found
    return Known(value=_ZERO)


def _long_term_with_due(told: Tagged) -> Known | None:
    return _first(told, LONG_DEBT) or _sum([_first(told, LONG_DEBT_LATER), _first(told, LONG_DEBT_DUE)])


def _long_term(told: Tagged) -> Known | None:
    """What is due after a year."""
    later = _first(told, LONG_DEBT_LATER)
    return later or _less(_first(told, LONG_DEBT), _first(told, LONG_DEBT_DUE), default=True)


def _cash(told: Tagged) -> Known | None:
    """With what can be sold at once."""
    both = _first(told, CASH_AND_INVESTMENTS)
    cash = _first(told, CASH)
    return both or (_sum([cash, _first(told, SHORT_INVESTMENTS)]) if cash else None)


def _first(told: Tagged, tags: Sequence[str]) -> Known | None:
    return next((told[tag] for tag in tags if tag in told), None)


def _sum(parts: Sequence[Known | None]) -> Known | None:
    known = [part for part in parts if part is not None]
    return combined(sum((part.value for part in known), _ZERO), known) if known else None


def _plus(one: Known | None, other: Known | None) -> Known | None:
    return _sum([one, other]) if one and other else None


def _less(one: Known | None, other: Known | None, *, default: bool = False) -> Known | None:
    """default: an `other` that is not known counts as nothing."""
    if one is None or (other is None and not default):
        return None
    return combined(one.value - other.value, (one, other)) if other else one
