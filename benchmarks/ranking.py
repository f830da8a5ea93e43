"""Seconds to rank 500 shares from eight years of figures, and to bring shares in.

python3 run.py benchmark ranking [--shares 500] [--output FILE]

Each share has eight annual reports, each of which repeats the flows of the two years before and the balance
sheet of the one before, as real ones do, with 28 tags, quarterly counts of shares, and daily prices of five years.
"""

import argparse
import io
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from .report import publish
from .servers import durable_servers

_SECURITIES = """
INSERT INTO research_security (tenant_id, symbol, name, cik, sic, sector, sub_sector, currency, source, updated_at)
SELECT 'acme', 'S' || n, 'Share ' || n, '', '', 'Energy', 'Oil ' || n %% 50, 'USD', 'file', now()
FROM generate_series(1, %(shares)s) n
"""
_FLOWS = """
INSERT INTO research_reportedfigure
    (tenant_id, security_id, tag, unit, start, "end", value, form, filed_on, accession, source)
SELECT 'acme', security.id, flow.tag, 'USD', make_date(year, 1, 1), make_date(year, 12, 31),
    1000000 * flow.size * (1 + (security.id * flow.size %% 97) / 100.0)
        * (1 + (year - 2018) * (security.id %% 13) / 50.0) + filed,
    '10-K', make_date(filed + 1, 2, 20), security.id || '-' || filed, 'file'
FROM research_security security, generate_series(2018, 2025) filed, generate_series(filed - 2, filed) year,
    (VALUES ('Revenues', 900), ('CostOfRevenue', 500), ('GrossProfit', 400), ('OperatingIncomeLoss', 120),
        ('InterestExpense', 15), ('IncomeTaxExpenseBenefit', 22), ('NetIncomeLoss', 80), ('ProfitLoss', 81),
        ('NetCashProvidedByUsedInOperatingActivities', 110), ('SalesRevenueNet', 900),
        ('IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItemsNoncontrollingInterest', 105)
    ) AS flow (tag, size)
"""
_MOMENTS = """
INSERT INTO research_reportedfigure
    (tenant_id, security_id, tag, unit, "end", value, form, filed_on, accession, source)
SELECT 'acme', security.id, moment.tag, 'USD', make_date(year, 12, 31),
    1000000 * moment.size * (1 + (security.id * moment.size %% 89) / 100.0) + filed,
    '10-K', make_date(filed + 1, 2, 20), security.id || '-' || filed, 'file'
FROM research_security security, generate_series(2018, 2025) filed, generate_series(filed - 1, filed) year,
    (VALUES ('Assets', 1500), ('AssetsCurrent', 600), ('LiabilitiesCurrent', 300), ('Liabilities', 800),
        ('LiabilitiesAndStockholdersEquity', 1500), ('StockholdersEquity', 700), ('MinorityInterest', 5),
        ('RetainedEarningsAccumulatedDeficit', 400), ('CashAndCashEquivalentsAtCarryingValue', 150),
        ('ShortTermInvestments', 30), ('LongTermDebt', 300), ('LongTermDebtNoncurrent', 270),
        ('LongTermDebtCurrent', 30), ('ShortTermBorrowings', 20),
        ('StockholdersEquityIncludingPortionAttributableToNoncontrollingInterest', 705)
    ) AS moment (tag, size)
"""
_COUNTS = """
INSERT INTO research_reportedfigure
    (tenant_id, security_id, tag, unit, "end", value, form, filed_on, accession, source)
SELECT 'acme', security.id, 'EntityCommonStockSharesOutstanding', 'shares', day, 50000000 + security.id * 1000, '10-Q',
    day, security.id || '-' || day, 'file'
FROM research_security security, (SELECT (date '2019-02-10' + n * interval '3 months')::date AS day
    FROM generate_series(0, 30) n) days
"""
_PRICES = """
INSERT INTO research_dailyprice (tenant_id, security_id, date, close, volume, source)
SELECT 'acme', security.id, days.date, 20 + (security.id * 7 + days.number %% 365) %% 50, 1000, 'file'
FROM research_security security,
    (SELECT (date '2026-10-30' - n)::date AS date, n AS number FROM generate_series(0, 1825) n WHERE n %% 7 < 5) days
"""


def fill(shares: int) -> dict[str, int]:
    from django.db import connection

    from research.models import DailyPrice, ReportedFigure

    with connection.cursor() as cursor:
        for statement in (_SECURITIES, _FLOWS, _MOMENTS, _COUNTS, _PRICES):
            cursor.execute(statement, {"shares": shares})
        cursor.execute("ANALYZE")
    return {"figures": ReportedFigure.objects.count(), "prices": DailyPrice.objects.count()}


def timed(run: Callable[[], Any]) -> dict[str, Any]:
    """Wall clock and this process's own processor time; what Postgres needs comes on top of the latter."""
    start, spent = time.monotonic(), time.process_time()
    result = run()
    print(f"{time.monotonic() - start:.2f} s: {str(result)[:80]}", file=sys.stderr, flush=True)
    return {
        "seconds": round(time.monotonic() - start, 2),
        "processor_seconds": round(time.process_time() - spent, 2),
        "result": result,
    }


def rank(shares: int) -> Callable[[], str]:
    def run() -> str:
        from research.market.reading import rank_shares

        ranking = rank_shares(tenant_id="acme", symbols=[f"S{n}" for n in range(1, shares + 1)], at_most=shares)
        if len(ranking.ranked) != shares:
            raise SystemExit(f"Only {len(ranking.ranked)} of {shares} were ranked: {ranking.excluded[:3]}")
        return f"{len(ranking.ranked)} ranked"

    return run


def import_prices(shares: int) -> Callable[[], str]:
    """A file of 250 days of every share."""
    days = [f"2020-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 22)][:250]
    lines = (f"S{n},{day},{20 + n % 30}.{n % 90 + 10},1000\n" for n in range(1, shares + 1) for day in days)
    content = ("Symbol,Date,Close,Volume\n" + "".join(lines)).encode()

    def run() -> str:
        from research.market.importing.importing import Kind, import_file

        done = import_file(kind=Kind.PRICES, file=io.BytesIO(content), file_name="all.csv", tenant_id="acme")
        return f"{done.rows} rows: {done.inserted} new, {done.unchanged} unchanged, {done.rejected} rejected"

    return run


def load_sample() -> str:
    from django.conf import settings

    from research.market.universe import ensure_universe

    settings.SAMPLE_SOURCES = True
    return f"{ensure_universe('demo')} shares"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shares", type=int, default=500)
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        counts = fill(given.shares)
        report = {
            "shares": given.shares,
            "rows": counts,
            "load_before": [round(one, 1) for one in os.getloadavg()],
            "rank": timed(rank(given.shares)),
            "rank_again": timed(rank(given.shares)),
            "import_prices": timed(import_prices(given.shares)),
            "import_prices_again": timed(import_prices(given.shares)),
            "load_sample": timed(load_sample),
            "load_sample_again": timed(load_sample),
            "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "load_after": [round(one, 1) for one in os.getloadavg()],
        }
    publish(report, given.output)


if __name__ == "__main__":
    main()
