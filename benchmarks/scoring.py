"""Seconds to score 10,000 companies, 100,000 prospects and a portfolio, and to match names.

python3 run.py benchmark scoring [--companies 10000] [--prospects 100000] [--when-idle] [--output FILE]

Rows are made by Postgres. Each company has 20 signals over a year, two buying signals, ten articles and a few
violations; each prospect two liens with their parties. Jobs run in this process, as a worker would run them.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from .report import publish
from .servers import durable_servers

_COMPANIES = """
INSERT INTO prospects_company (tenant_id, key, name, name_key, origin, domain, country, region, city, postal_code,
    industry, naics, employees, founded_on, technologies, registration_number, cik, ticker, uei, is_portfolio,
    lead_tier, health_grade)
SELECT 'acme', 'comp_' || n, name, upper(name), 'given', '', 'US', 'NY', 'City ' || n %% 50, '', 'Freight', '484121',
    n %% 700, date '1980-01-01' + n, '{}', '', '', '', '', n %% 10 = 0, '', ''
FROM generate_series(1, %(companies)s) n, LATERAL (SELECT {name} AS name) named
"""
_SIGNALS = """
INSERT INTO prospects_signal (tenant_id, signal_id, signal_type, kind, company_id, data, occurred_at)
SELECT 'acme', company.id || '-' || n, 'x', (ARRAY['email-open', 'site-visit', 'email-click', 'funding'])[1 + n %% 4],
    company.id, '{}', now() - (n * n) * interval '21 hours'
FROM prospects_company company, generate_series(1, 20) n
"""
_BUYING = """
INSERT INTO prospects_buyingsignal (tenant_id, company_id, kind, title, confidence, occurred_at, evidence_key, evidence)
SELECT 'acme', company.id, 'contract-award', 'won', 0.8, now() - n * interval '30 days', 'award:' || n, '{}'
FROM prospects_company company, generate_series(1, 2) n
"""
_FACTS = """
INSERT INTO prospects_fact (tenant_id, company_id, provider, name, value, reference, source)
SELECT 'acme', company.id, 'gdelt', 'articles', (SELECT jsonb_agg(jsonb_build_object('title',
        (ARRAY['Firm wins a large contract', 'Lawsuit over late payment', 'Annual meeting'])[1 + n %% 3] || n::text,
        'url', 'https://example.com/' || n, 'publishedAt', now() - n * interval '3 days', 'source', 'example.com'))
    FROM generate_series(1, 10) n), '', 'sample'
FROM prospects_company company WHERE is_portfolio
UNION ALL
SELECT 'acme', company.id, 'osha', 'violations', (SELECT jsonb_agg(jsonb_build_object('type', 'S', 'issuedOn',
        current_date - 200 * n, 'activity', n::text, 'citation', n::text)) FROM generate_series(1, 3) n), '', 'sample'
FROM prospects_company company WHERE is_portfolio
"""
_FIGURES = """
INSERT INTO prospects_companyfigure (tenant_id, company_id, name, period_end, value, currency, origin)
SELECT 'acme', company.id, figure.name, current_date - 365 * years, 60 + company.id %% 30, '', 'given'
FROM prospects_company company, (VALUES ('payment', 0), ('revenue', 0), ('revenue', 1)) AS figure (name, years)
WHERE is_portfolio
"""
_PROSPECTS = """
INSERT INTO prospects_prospect (tenant_id, source, state, name, name_key, filing_count)
SELECT 'acme', 'sample', 'NY', upper(name) || ' LLC', upper(name) || ' LLC', 2
FROM generate_series(1, %(prospects)s) n, LATERAL (SELECT {name} AS name) named
"""
_LIENS = """
INSERT INTO prospects_lien (tenant_id, source, state, file_number, lien_type, status, filed_on, lapses_on)
SELECT 'acme', 'sample', 'NY', prospect.id || '-' || n, 'ucc', 'active',
    current_date - (prospect.id * n %% 1500)::int, current_date + (prospect.id %% 700)::int
FROM prospects_prospect prospect, generate_series(1, 2) n
"""
_FILINGS = """
INSERT INTO prospects_filing (tenant_id, source, lien_id, file_number, action, filed_on, lien_type, lien_status)
SELECT 'acme', 'sample', lien.id, lien.file_number, 'initial', lien.filed_on, 'ucc', 'active'
FROM prospects_lien lien
"""
_PARTIES = """
INSERT INTO prospects_party (tenant_id, source, state, filing_id, role, kind, name, name_key, first_name, middle_name,
    last_name, suffix, street, city, region, postal_code, country)
SELECT 'acme', 'sample', 'NY', filing.id, party.role, 'organisation', party.name, party.name, '', '', '', '', '',
    'City 7', 'NY', '', ''
FROM prospects_filing filing
JOIN prospects_prospect prospect ON prospect.id = split_part(filing.file_number, '-', 1)::bigint,
LATERAL (VALUES ('debtor', prospect.name), ('secured', (ARRAY['CITIBANK NA', 'YELLOWSTONE CAPITAL LLC',
    'KUBOTA CREDIT CORP', 'INTERNAL REVENUE SERVICE'])[1 + filing.id %% 4])) AS party (role, name)
"""
#: Names of three words out of a few hundred thousand, so that some of them are alike.
_NAME = """
    initcap(substr(md5('a' || {n} %% 3000), 1, 7)) || ' ' || initcap(substr(md5('b' || {n} %% 997), 1, 6)) || ' ' ||
    (ARRAY['Freight', 'Paving', 'Construction', 'Services', 'Imaging', 'Foods', 'Energy', 'Dental'])[1 + {n} %% 8]
"""


def fill(companies: int, prospects: int) -> None:
    from django.db import connection

    name = _NAME.replace("{n}", "n")
    with connection.cursor() as cursor:
        for statement in (_COMPANIES, _SIGNALS, _BUYING, _FACTS, _FIGURES, _PROSPECTS, _LIENS, _FILINGS, _PARTIES):
            cursor.execute(statement.replace("{name}", name), {"companies": companies, "prospects": prospects})
        cursor.execute("ANALYZE")


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


def job(kind: str, **data: Any) -> Callable[[], Any]:
    def run() -> Any:
        from jobs.testing import run_job

        done = run_job(kind, tenantId="acme", **data)
        if done.status != "completed":
            raise SystemExit(f"{kind} is {done.status}: {done.error}")
        return done.result

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=10_000)
    parser.add_argument("--prospects", type=int, default=100_000)
    parser.add_argument("--when-idle", action="store_true", help="after filling, wait until the load is below 1")
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        fill(given.companies, given.prospects)
        while given.when_idle and os.getloadavg()[0] >= 1:
            time.sleep(5)
        report = {
            "companies": given.companies,
            "prospects": given.prospects,
            "load_before": [round(one, 1) for one in os.getloadavg()],
            "lead_scores": timed(job("lead-scores")),
            "one_company": timed(job("scoring", companyId="comp_1", forceRefresh=True)),
            "health_500": timed(job("health-scores", batchSize=500)),
            "prospect_scores": timed(job("prospect-scores")),
            "match_companies": timed(job("match-companies")),
            "match_companies_again": timed(job("match-companies")),
            "largest_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "load_after": [round(one, 1) for one in os.getloadavg()],
        }
    publish(report, given.output)


if __name__ == "__main__":
    main()
