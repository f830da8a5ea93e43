"""The statements that load what scores are computed from, and store them: one each for any number of rows.

Rows come in and go out as one JSON parameter or as arrays: one round trip for a batch of any size.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection


def run(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def database_now() -> datetime:
    """The time by which everything of one batch is scored: the database's, as everywhere."""
    (at,) = run("SELECT clock_timestamp()", {})[0]
    return at  # type: ignore[no-any-return]


#: The liens whose filings name a prospect as debtor organisation, each once, with all secured parties' names.
LIENS_OF_PROSPECTS = """
WITH owed AS (
    SELECT DISTINCT prospect.id AS prospect_id, filing.lien_id
    FROM prospects_prospect prospect
    JOIN prospects_party debtor
        ON debtor.tenant_id = prospect.tenant_id AND debtor.state = prospect.state
        AND debtor.name_key = prospect.name_key AND debtor.role = 'debtor' AND debtor.kind = 'organisation'
    JOIN prospects_filing filing ON filing.id = debtor.filing_id
    WHERE prospect.id = ANY(%(prospects)s)
)
SELECT owed.prospect_id, lien.id, lien.lien_type, lien.status, lien.filed_on, lien.lapses_on,
    array(
        SELECT DISTINCT secured.name FROM prospects_filing filing
        JOIN prospects_party secured ON secured.filing_id = filing.id AND secured.role = 'secured'
        WHERE filing.lien_id = lien.id
    )
FROM owed JOIN prospects_lien lien ON lien.id = owed.lien_id
"""

#: Prospects that are a company for certain, or because a person said so.
PROSPECTS_OF_COMPANIES = """
SELECT company_id, prospect_id FROM prospects_match
WHERE company_id = ANY(%(companies)s) AND status IN ('certain', 'confirmed')
"""

#: Of each company, kind and day no more than count (the surest), and nothing that has faded away.
EVENTS_OF_COMPANIES = """
WITH rules AS (
    SELECT kind, days, per_day FROM json_to_recordset(%(rules)s) AS rule (kind text, days float8, per_day int)
), told AS (
    SELECT signal.company_id, signal.kind, signal.occurred_at, 1.0::float8 AS confidence
    FROM prospects_signal signal JOIN rules ON rules.kind = signal.kind
    WHERE signal.company_id = ANY(%(companies)s)
        AND signal.occurred_at > %(at)s - rules.days * interval '1 day'
    UNION ALL
    SELECT buying.company_id, buying.kind, buying.occurred_at, buying.confidence::float8
    FROM prospects_buyingsignal buying JOIN rules ON rules.kind = buying.kind
    WHERE buying.company_id = ANY(%(companies)s)
        AND buying.occurred_at > %(at)s - rules.days * interval '1 day'
        -- Found in a signal that is counted above already.
        AND buying.evidence_key NOT LIKE 'signal:%%' AND buying.evidence_key NOT LIKE 'visits:%%'
), numbered AS (
    SELECT told.*, rules.per_day, row_number() OVER (
        PARTITION BY told.company_id, told.kind, (told.occurred_at AT TIME ZONE 'UTC')::date
        ORDER BY told.confidence DESC, told.occurred_at DESC) AS number
    FROM told JOIN rules ON rules.kind = told.kind
)
SELECT company_id, kind, occurred_at, confidence FROM numbered WHERE number <= per_day
"""

FACTS = """
SELECT company_id, NULL::bigint, provider, name, value FROM prospects_fact
WHERE company_id = ANY(%(companies)s) AND name = ANY(%(names)s)
UNION ALL
SELECT NULL::bigint, prospect_id, provider, name, value FROM prospects_fact
WHERE prospect_id = ANY(%(prospects)s) AND name = ANY(%(names)s)
"""

#: The newest payment figure of each company, and the revenue of the last two years that are known.
FIGURES = """
SELECT company_id, name, period_end, value::float8, currency FROM (
    SELECT figure.*, row_number() OVER (PARTITION BY company_id, name ORDER BY period_end DESC) AS number
    FROM prospects_companyfigure figure WHERE company_id = ANY(%(companies)s)
) newest WHERE number <= CASE WHEN name = 'payment' THEN 1 ELSE 24 END
"""

STORE_PROSPECT_SCORES = """
WITH new AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS new
        (id bigint, score numeric, ucc_risk numeric, coverage numeric, factors jsonb, classes jsonb)
), stored AS (
    INSERT INTO prospects_prospectscore AS known
        (tenant_id, prospect_id, score, ucc_risk, coverage, factors, weights_version, computed_at)
    SELECT prospect.tenant_id, new.id, new.score, new.ucc_risk, new.coverage, new.factors, %(version)s, %(at)s
    FROM new JOIN prospects_prospect prospect ON prospect.id = new.id
    ON CONFLICT (prospect_id) DO UPDATE SET
        score = excluded.score, ucc_risk = excluded.ucc_risk, coverage = excluded.coverage,
        factors = excluded.factors, weights_version = excluded.weights_version, computed_at = excluded.computed_at
    WHERE known.computed_at <= excluded.computed_at
    RETURNING prospect_id
)
UPDATE prospects_prospect prospect SET
    score = new.score, ucc_risk = new.ucc_risk, scored_at = %(at)s,
    secured_classes = ARRAY(SELECT jsonb_array_elements_text(new.classes))
FROM new JOIN stored ON stored.prospect_id = new.id
WHERE prospect.id = new.id
"""

STORE_LEAD_SCORES = """
WITH new AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS new
        (id bigint, score numeric, tier text, fit numeric, intent numeric, coverage numeric, factors jsonb,
         explanation jsonb)
), stored AS (
    INSERT INTO prospects_leadscore
        (tenant_id, company_id, score, tier, fit, intent, coverage, factors, explanation,
        weights_version, computed_at)
    SELECT company.tenant_id, new.id, new.score, new.tier, new.fit, new.intent, new.coverage, new.factors,
        new.explanation, %(version)s, %(at)s
    FROM new JOIN prospects_company company ON company.id = new.id
)
UPDATE prospects_company company SET lead_score = new.score, lead_tier = new.tier, lead_scored_at = %(at)s
FROM new WHERE company.id = new.id AND (company.lead_scored_at IS NULL OR company.lead_scored_at <= %(at)s)
"""

STORE_HEALTH_SCORES = """
WITH new AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS new
        (id bigint, score numeric, grade text, sentiment numeric, coverage numeric, factors jsonb)
), stored AS (
    INSERT INTO prospects_healthscore
        (tenant_id, company_id, score, grade, sentiment, coverage, factors, weights_version, computed_at)
    SELECT company.tenant_id, new.id, new.score, new.grade, new.sentiment, new.coverage, new.factors,
        %(version)s, %(at)s
    FROM new JOIN prospects_company company ON company.id = new.id
)
UPDATE prospects_company company SET health_score = new.score, health_grade = new.grade, health_scored_at = %(at)s
FROM new WHERE company.id = new.id
"""
