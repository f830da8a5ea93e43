"""The statements of prospects/filings/storing.py. Each is safe to repeat and says what it changed.

Rows come in as one JSON parameter: one round trip for a batch of any size. Rows that are looked up
come as arrays, not as something to join, whose order the planner could turn round. `xmax = 0` tells a
row that was inserted from one that was updated; a row that stays as it was is neither written nor
returned.
"""

#: Until the transaction ends: one batch of a state at a time, and every row is found by its key.
#: Left to itself the planner hashes whole tables to find a thousand keys once they are big: measured,
#: with fresh statistics and 130,000 filings, as a tenth to a third more time for a whole job.
BEGIN = """
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)),
    set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true)
"""

INSERT_LIENS = """
INSERT INTO prospects_lien (tenant_id, source, state, file_number, lien_type, status, filed_on, lapses_on)
SELECT %(tenant)s, source, %(state)s, file_number, lien_type, status, filed_on, lapses_on
FROM json_to_recordset(%(rows)s) AS new
    (source text, file_number text, lien_type text, status text, filed_on date, lapses_on date)
ON CONFLICT (tenant_id, state, file_number) DO NOTHING
RETURNING file_number, id
"""

FIND_LIENS = """
SELECT file_number, id FROM prospects_lien
WHERE tenant_id = %(tenant)s AND state = %(state)s AND file_number = ANY(%(numbers)s)
"""

UPSERT_FILINGS = """
INSERT INTO prospects_filing AS known
    (tenant_id, source, lien_id, file_number, action, filed_on, lien_type, lien_status, lien_lapses_on)
SELECT %(tenant)s, source, lien_id, file_number, action, filed_on, lien_type, lien_status, lien_lapses_on
FROM json_to_recordset(%(rows)s) AS new
    (source text, lien_id bigint, file_number text, action text, filed_on date,
     lien_type text, lien_status text, lien_lapses_on date)
ON CONFLICT (lien_id, file_number) DO UPDATE SET
    source = excluded.source,
    action = excluded.action,
    filed_on = COALESCE(excluded.filed_on, known.filed_on),
    lien_type = COALESCE(NULLIF(excluded.lien_type, ''), known.lien_type),
    lien_status = COALESCE(NULLIF(excluded.lien_status, ''), known.lien_status),
    lien_lapses_on = COALESCE(excluded.lien_lapses_on, known.lien_lapses_on),
    updated_at = now()
WHERE (known.source, known.action, known.filed_on, known.lien_type, known.lien_status, known.lien_lapses_on)
    IS DISTINCT FROM (
        excluded.source,
        excluded.action,
        COALESCE(excluded.filed_on, known.filed_on),
        COALESCE(NULLIF(excluded.lien_type, ''), known.lien_type),
        COALESCE(NULLIF(excluded.lien_status, ''), known.lien_status),
        COALESCE(excluded.lien_lapses_on, known.lien_lapses_on)
    )
RETURNING lien_id, file_number, id, xmax = 0
"""

# Of liens with several filings it may find more than was asked for, which does no harm.
FIND_FILINGS = """
SELECT lien_id, file_number, id FROM prospects_filing
WHERE lien_id = ANY(%(liens)s) AND file_number = ANY(%(numbers)s)
"""

UPSERT_PARTIES = """
INSERT INTO prospects_party AS known
    (tenant_id, state, source, filing_id, role, kind, name, name_key, first_name, middle_name, last_name, suffix,
     street, city, region, postal_code, country)
SELECT %(tenant)s, %(state)s, source, filing_id, role, kind, name, name_key, first_name, middle_name, last_name, suffix,
    street, city, region, postal_code, country
FROM json_to_recordset(%(rows)s) AS new
    (source text, filing_id bigint, role text, kind text, name text, name_key text, first_name text,
     middle_name text, last_name text, suffix text, street text, city text, region text, postal_code text, country text)
ON CONFLICT (filing_id, role, kind, name_key) DO UPDATE SET
    source = excluded.source,
    street = excluded.street,
    city = excluded.city,
    region = excluded.region,
    postal_code = excluded.postal_code,
    country = excluded.country
WHERE (known.street, known.city, known.region, known.postal_code, known.country)
    IS DISTINCT FROM (excluded.street, excluded.city, excluded.region, excluded.postal_code, excluded.country)
    AND excluded.street || excluded.city || excluded.region || excluded.postal_code || excluded.country <> ''
RETURNING filing_id
"""

INSERT_COLLATERAL = """
INSERT INTO prospects_collateral (tenant_id, source, filing_id, text)
SELECT %(tenant)s, source, filing_id, text
FROM json_to_recordset(%(rows)s) AS new (source text, filing_id bigint, text text)
ON CONFLICT (filing_id, digest) DO NOTHING
RETURNING filing_id
"""

#: The best origin among several: what a live source says outweighs a file, and a file the sample.
_SOURCE = """
    CASE WHEN bool_or(filing.source = 'live') THEN 'live'
         WHEN bool_or(filing.source = 'file') THEN 'file' ELSE 'sample' END
"""

# A termination ends the lien for good; otherwise the filing that says something last is right.
SETTLE_LIENS = f"""
UPDATE prospects_lien lien SET
    source = told.source,
    lien_type = told.lien_type,
    status = told.status,
    filed_on = told.filed_on,
    lapses_on = told.lapses_on,
    updated_at = now()
FROM (
    SELECT
        filing.lien_id,
        {_SOURCE} AS source,
        COALESCE((array_agg(filing.lien_type
            ORDER BY filing.action = 'initial' DESC, filing.filed_on, filing.file_number)
            FILTER (WHERE filing.lien_type <> ''))[1], '') AS lien_type,
        CASE WHEN bool_or(filing.action = 'termination') THEN 'terminated'
            ELSE COALESCE((array_agg(filing.lien_status
                ORDER BY filing.filed_on DESC NULLS LAST, filing.file_number DESC)
                FILTER (WHERE filing.lien_status <> ''))[1], 'active') END AS status,
        min(filing.filed_on) FILTER (WHERE filing.action = 'initial') AS filed_on,
        (array_agg(filing.lien_lapses_on ORDER BY filing.filed_on DESC NULLS LAST, filing.file_number DESC)
            FILTER (WHERE filing.lien_lapses_on IS NOT NULL))[1] AS lapses_on
    FROM prospects_filing filing
    WHERE filing.lien_id = ANY(%(liens)s)
    GROUP BY filing.lien_id
) told
WHERE lien.id = told.lien_id
    AND (lien.source, lien.lien_type, lien.status, lien.filed_on, lien.lapses_on)
        IS DISTINCT FROM (told.source, told.lien_type, told.status, told.filed_on, told.lapses_on)
"""  # noqa: S608  a constant of this file

NAMES_IN_FILINGS = "SELECT DISTINCT name_key FROM prospects_party WHERE filing_id = ANY(%(filings)s)"

SETTLE_PROSPECTS = f"""
INSERT INTO prospects_prospect AS known
    (tenant_id, source, state, name, name_key, first_filed_on, last_filed_on, filing_count)
SELECT
    %(tenant)s,
    {_SOURCE},
    %(state)s,
    (array_agg(party.name ORDER BY filing.filed_on DESC NULLS LAST, filing.file_number DESC))[1],
    party.name_key,
    min(filing.filed_on),
    max(filing.filed_on),
    count(*)
FROM prospects_party party
JOIN prospects_filing filing ON filing.id = party.filing_id
WHERE party.tenant_id = %(tenant)s AND party.state = %(state)s AND party.name_key = ANY(%(names)s)
    AND party.role = 'debtor' AND party.kind = 'organisation'
GROUP BY party.name_key
ON CONFLICT (tenant_id, state, name_key) DO UPDATE SET
    source = excluded.source,
    name = excluded.name,
    first_filed_on = excluded.first_filed_on,
    last_filed_on = excluded.last_filed_on,
    filing_count = excluded.filing_count,
    updated_at = now()
WHERE (known.source, known.name, known.first_filed_on, known.last_filed_on, known.filing_count)
    IS DISTINCT FROM (excluded.source, excluded.name, excluded.first_filed_on, excluded.last_filed_on,
                      excluded.filing_count)
RETURNING xmax = 0
"""  # noqa: S608  a constant of this file
