"""The statements of matching."""

#: Where the debtor's filings say a prospect is.
PLACES_OF_PROSPECTS = """
SELECT prospect.id, prospect.state,
    array_agg(DISTINCT upper(debtor.region)), array_agg(DISTINCT upper(debtor.city)),
    array_agg(DISTINCT left(debtor.postal_code, 5))
FROM prospects_prospect prospect
LEFT JOIN prospects_party debtor
    ON debtor.tenant_id = prospect.tenant_id AND debtor.state = prospect.state
    AND debtor.name_key = prospect.name_key AND debtor.role = 'debtor' AND debtor.kind = 'organisation'
WHERE prospect.id = ANY(%(prospects)s)
GROUP BY prospect.id
"""

#: What a program found and does not find any more. People's decisions stay. NOT IN, since the planner hashes
#: that whatever it thinks the number of rows to be; an anti join over JSON rows became a nested loop.
DROP_MATCHES = """
WITH new AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(rows)s) AS new (prospect bigint, company bigint, status text)
)
DELETE FROM prospects_match
WHERE tenant_id = %(tenant)s AND (
    status IN ('certain', 'doubtful') AND (prospect_id, company_id) NOT IN (SELECT prospect, company FROM new)
    OR status = 'certain'
        AND (prospect_id, company_id) NOT IN (SELECT prospect, company FROM new WHERE status = 'certain')
)
"""

#: A prospect that a person has settled gets no further suggestions.
STORE_MATCHES = """
WITH new AS (
    SELECT * FROM json_to_recordset(%(rows)s) AS new
        (prospect bigint, company bigint, similarity numeric, status text, reasons jsonb)
    WHERE NOT EXISTS (
        SELECT 1 FROM prospects_match settled
        WHERE settled.prospect_id = new.prospect AND settled.status = 'confirmed'
    )
)
INSERT INTO prospects_match AS known (tenant_id, prospect_id, company_id, similarity, status, reasons)
SELECT %(tenant)s, new.prospect, new.company, new.similarity, new.status, new.reasons
FROM new
JOIN prospects_prospect prospect ON prospect.id = new.prospect
JOIN prospects_company company ON company.id = new.company
ON CONFLICT (prospect_id, company_id) DO UPDATE SET
    similarity = excluded.similarity, status = excluded.status, reasons = excluded.reasons, updated_at = now()
WHERE known.status IN ('certain', 'doubtful')
    AND (known.similarity, known.status, known.reasons)
        IS DISTINCT FROM (excluded.similarity, excluded.status, excluded.reasons)
RETURNING status, xmax = 0
"""

#: Matching and decisions of one tenant take turns, so that neither overwrites the other.
TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"
