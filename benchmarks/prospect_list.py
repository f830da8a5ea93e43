"""Milliseconds that the list of prospects takes, page and REST, measured inside the server.

python3 run.py benchmark prospect_list [--rows 1000000] [--rounds 40] [--when-idle] [--output FILE]

The rows are made by Postgres: one organisation's prospects of ten states, two thirds of them scored, some matched to
companies, beside another organisation's. They are asked for through Django's handlers as a signed-in member:
routing, middleware, view, template.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

from .console_search import timed
from .report import publish
from .servers import durable_servers

_PROSPECTS = """
INSERT INTO prospects_prospect (tenant_id, source, state, name, name_key, first_filed_on, last_filed_on, filing_count,
    score, ucc_risk, secured_classes, scored_at, enriched_at)
SELECT CASE WHEN n %% 20 = 0 THEN 'other' ELSE 'acme' END, (ARRAY['file', 'file', 'live', 'sample'])[1 + n %% 4],
    (ARRAY['NY', 'CA', 'TX', 'FL', 'IL', 'PA', 'OH', 'GA', 'NC', 'MI'])[1 + (n / 7) %% 10], name, upper(name),
    current_date - 900 - n %% 900, current_date - n %% 900, 1 + n %% 9,
    CASE WHEN n %% 3 > 0 THEN (n::bigint * 7919 %% 10001) / 100.0 END, CASE WHEN n %% 3 > 0 THEN n %% 101 END,
    CASE n %% 5 WHEN 0 THEN '{}'::text[] WHEN 1 THEN '{bank}' WHEN 2 THEN '{mca}' WHEN 3 THEN '{bank,equipment}'
        ELSE '{factoring,tax}' END,
    CASE WHEN n %% 3 > 0 THEN now() END, CASE WHEN n %% 4 > 0 THEN now() - (n %% 30) * interval '1 day' END
FROM generate_series(%(first)s::int, %(last)s::int) n,
LATERAL (SELECT initcap(substr(md5('a' || n %% 30011), 1, 7)) || ' ' || initcap(substr(md5('b' || n %% 9973), 1, 6))
    || ' ' || (ARRAY['Freight', 'Paving', 'Construction', 'Services', 'Imaging', 'Foods', 'Energy', 'Dental'])
    [1 + n %% 8] || ' ' || n || ' LLC' AS name) named
"""
_COMPANIES = """
INSERT INTO prospects_company (tenant_id, key, name, name_key, origin, domain, country, region, city, postal_code,
    industry, naics, technologies, registration_number, cik, ticker, uei, is_portfolio, lead_tier, health_grade)
SELECT 'acme', 'comp_' || n, 'Company ' || n, 'COMPANY ' || n, 'given', '', 'US', 'NY', '', '', '', '', '{}', '', '',
    '', '', n %% 10 = 0, '', ''
FROM generate_series(1, 10000) n
"""
_MATCHES = """
INSERT INTO prospects_match (tenant_id, prospect_id, company_id, similarity, status, reasons)
SELECT 'acme', prospect.id, company.id, 100, 'certain', '["the names agree"]'
FROM prospects_company company
JOIN prospects_prospect prospect ON prospect.id = company.id * %(every)s + 1 AND prospect.tenant_id = 'acme'
"""

#: What is asked for, by what a person would call it.
QUERIES: dict[str, dict[str, str]] = {
    "best first": {},
    "a state": {"state": "TX"},
    "a class of lender": {"secured": "mca"},
    "a rare class of lender": {"secured": "tax"},
    "a source": {"source": "live"},
    "best scores": {"least": "90"},
    "a range of scores": {"least": "40", "most": "41"},
    "worst scores": {"most": "5"},
    "matched": {"matched": "yes"},
    "not matched": {"matched": "no"},
    "stale": {"stale": "yes"},
    "not stale": {"stale": "no"},
    "a common word": {"q": "freight"},
    "a rare name": {"q": "7919"},
    "nobody's name": {"q": "zzzz"},
    "state and class": {"state": "NY", "secured": "factoring"},
    "state, class and score": {"state": "OH", "secured": "bank", "least": "60"},
    "state and stale": {"state": "GA", "stale": "yes"},
    "word and state": {"q": "dental", "state": "FL"},
    "everything at once": {"q": "foods", "state": "MI", "secured": "bank", "least": "10", "stale": "yes"},
}


def load(total: int) -> dict[str, Any]:
    from django.db import connection

    step, started = 50_000, time.monotonic()
    with connection.cursor() as cursor:
        for first in range(1, total + 1, step):
            cursor.execute(_PROSPECTS, {"first": first, "last": min(total, first + step - 1)})
        cursor.execute(_COMPANIES, {})
        cursor.execute(_MATCHES, {"every": max(1, total // 10_000)})
        cursor.execute("VACUUM ANALYZE prospects_prospect")
        cursor.execute("VACUUM ANALYZE prospects_match")
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_total_relation_size('prospects_prospect') / 1048576")
        [(size,)] = cursor.fetchall()
    return {"fill_seconds": round(time.monotonic() - started), "prospects_mb": size}


def measure(rounds: int) -> dict[str, dict[str, float]]:
    from django.test import Client
    from django.urls import reverse

    from accounts.models import Membership, Organisation, User

    home = Organisation.objects.create(slug="acme", name="Acme")
    user = User.objects.create_user("bench@example.com")
    Membership.objects.create(user=user, organisation=home, role="member")
    client = Client()
    client.force_login(user)

    def page(path: str, query: dict[str, str]) -> Callable[[], None]:
        def get() -> None:
            answer = client.get(path, query)
            if answer.status_code != 200:
                raise SystemExit(f"{path} {query} answered {answer.status_code}")

        return get

    index, found = reverse("prospects:index"), {}
    following = client.get("/api/prospects", {"limit": "500", "least": "50"}).json()["nextCursor"]
    works = {name: page(index, query) for name, query in QUERIES.items()}
    works["REST, best first"] = page("/api/prospects", {})
    works["REST, further page"] = page("/api/prospects", {"cursor": following})
    works["REST, 500 of a state"] = page("/api/prospects", {"state": "TX", "limit": "500"})
    for name, work in works.items():
        found[name] = timed(work, rounds)
        print(name, found[name], flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--when-idle", action="store_true", help="after filling, wait until the load is below 1")
    parser.add_argument("--output")
    given = parser.parse_args()
    with durable_servers():
        report: dict[str, Any] = {"rows": given.rows, "load": load(given.rows)}
        print(report["load"], flush=True)
        while given.when_idle and os.getloadavg()[0] >= 1:
            time.sleep(5)
        report["load_before"] = [round(one, 1) for one in os.getloadavg()]
        report["milliseconds"] = measure(given.rounds)
        report["slowest_p95"] = max(one["p95"] for one in report["milliseconds"].values())
        report["load_after"] = [round(one, 1) for one in os.getloadavg()]
    publish(report, given.output)


if __name__ == "__main__":
    main()
