"""The statements of storing filings. Each is safe to repeat and says what it changed.

What is new is copied into the tables; rows to compare come in as one JSON parameter. Rows that are looked
up come as arrays, not as something to join, whose order the planner could turn round. `xmax = 0` tells
a row that was inserted from one that was updated.
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

#: For a batch that is not the job's last: its commit does not wait for the disk. A crash of the server that takes such
#: a commit back takes the connection with it, so the job fails and reads its file again; and the commit of the job's
#: end, which does wait, brings all earlier ones to the disk with it.
LEAVE_FLUSHING_TO_THE_LAST = "SELECT set_config('synchronous_commit', 'off', true)"

# Of liens with several filings it finds more than was asked for, which does no harm.
FIND_KNOWN = """
SELECT lien.file_number, lien.id, filing.file_number, filing.id, filing.content_digest, filing.told_in,
    filing.told_at
FROM prospects_lien lien
LEFT JOIN prospects_filing filing ON filing.lien_id = lien.id
WHERE lien.tenant_id = %(tenant)s AND lien.state = %(state)s AND lien.file_number = ANY(%(numbers)s)
"""

NEW_IDS = """
SELECT ARRAY(SELECT nextval('prospects_lien_id_seq') FROM generate_series(1, %(liens)s)),
    ARRAY(SELECT nextval('prospects_filing_id_seq') FROM generate_series(1, %(filings)s))
"""

# --- New filings ------------------------------------------------------------------------------------
COPY_LIENS = """
COPY prospects_lien (id, filed_on, lapses_on, tenant_id, source, state, file_number, lien_type, status) FROM STDIN
"""
COPY_FILINGS = """
COPY prospects_filing (id, lien_id, filed_on, lien_lapses_on, content_digest, told_at, tenant_id, source, file_number,
    action, lien_type, lien_status, told_in) FROM STDIN
"""
COPY_PARTIES = """
COPY prospects_party (tenant_id, state, source, filing_id, name_key, role, kind, name, first_name, middle_name,
    last_name, suffix, street, city, region, postal_code, country) FROM STDIN
"""
COPY_COLLATERAL = "COPY prospects_collateral (tenant_id, source, filing_id, text) FROM STDIN"

# --- Known filings ----------------------------------------------------------------------------------
# What a live source said is not undone by a file, nor a file's word by the sample, nor that of a file that is
# still there by one whose name comes before (`earlier`); of equals the later counts.
UPDATE_FILINGS = """
UPDATE prospects_filing known SET
    source = told.source,
    action = told.action,
    filed_on = told.filed_on,
    lien_type = told.lien_type,
    lien_status = told.lien_status,
    lien_lapses_on = told.lien_lapses_on,
    updated_at = now()
FROM (
    SELECT
        before.id,
        (CASE WHEN outranked THEN before.source ELSE new.source END) AS source,
        (CASE WHEN outranked THEN before.action ELSE new.action END) AS action,
        (CASE WHEN outranked THEN COALESCE(before.filed_on, new.filed_on)
            ELSE COALESCE(new.filed_on, before.filed_on) END) AS filed_on,
        (CASE WHEN outranked AND before.lien_type <> '' OR new.lien_type = '' THEN before.lien_type
            ELSE new.lien_type END) AS lien_type,
        (CASE WHEN outranked AND before.lien_status <> '' OR new.lien_status = '' THEN before.lien_status
            ELSE new.lien_status END) AS lien_status,
        (CASE WHEN outranked THEN COALESCE(before.lien_lapses_on, new.lien_lapses_on)
            ELSE COALESCE(new.lien_lapses_on, before.lien_lapses_on) END) AS lien_lapses_on
    FROM json_to_recordset(%(rows)s) AS new
        (id bigint, source text, action text, filed_on date, lien_type text, lien_status text, lien_lapses_on date,
         earlier bool)
    JOIN prospects_filing before ON before.id = new.id
    CROSS JOIN LATERAL (
        SELECT new.earlier OR array_position(ARRAY['sample', 'file', 'live'], before.source::text)
            > array_position(ARRAY['sample', 'file', 'live'], new.source) AS outranked
    ) ranks
) told
WHERE known.id = told.id
    AND (known.source, known.action, known.filed_on, known.lien_type, known.lien_status, known.lien_lapses_on)
    IS DISTINCT FROM
        (told.source, told.action, told.filed_on, told.lien_type, told.lien_status, told.lien_lapses_on)
RETURNING known.id
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
    AND (array_position(ARRAY['sample', 'file', 'live'], known.source::text)
            <= array_position(ARRAY['sample', 'file', 'live'], excluded.source::text)
            AND excluded.filing_id <> ALL(%(earlier)s)
        OR known.street || known.city || known.region || known.postal_code || known.country = '')
RETURNING filing_id
"""

INSERT_COLLATERAL = """
INSERT INTO prospects_collateral (tenant_id, source, filing_id, text)
SELECT %(tenant)s, source, filing_id, text
FROM json_to_recordset(%(rows)s) AS new (source text, filing_id bigint, text text)
ON CONFLICT (filing_id, digest) DO NOTHING
RETURNING filing_id
"""

# Another account that changed nothing leaves the first one's digest: what that one said still holds.
REMEMBER_DIGESTS = """
UPDATE prospects_filing known
SET content_digest = new.digest,
    told_in = CASE WHEN new.earlier THEN known.told_in ELSE new.told_in END,
    told_at = CASE WHEN new.earlier THEN known.told_at ELSE new.told_at END
FROM json_to_recordset(%(rows)s) AS new (id bigint, digest bigint, told_in text, told_at bigint, earlier bool)
WHERE known.id = new.id AND (known.content_digest IS NULL OR known.id = ANY(%(updated)s))
"""

# --- What follows from filings ------------------------------------------------------------------------
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

# What new filings add. A prospect that they tell of with the date of its last filing and another spelling is
# left alone and not returned: which spelling counts then depends on all its filings.
ADD_TO_PROSPECTS = """
INSERT INTO prospects_prospect AS known
    (tenant_id, source, state, name, name_key, first_filed_on, last_filed_on, filing_count)
SELECT %(tenant)s, source, %(state)s, name, name_key, first_filed_on, last_filed_on, filing_count
FROM json_to_recordset(%(rows)s) AS new
    (source text, name text, name_key text, first_filed_on date, last_filed_on date, filing_count int)
ON CONFLICT (tenant_id, state, name_key) DO UPDATE SET
    source = CASE WHEN known.filing_count = 0 THEN excluded.source
        WHEN 'live' IN (known.source, excluded.source) THEN 'live'
        WHEN 'file' IN (known.source, excluded.source) THEN 'file' ELSE 'sample' END,
    name = CASE WHEN known.last_filed_on IS NULL OR excluded.last_filed_on > known.last_filed_on
        THEN excluded.name ELSE known.name END,
    first_filed_on = LEAST(known.first_filed_on, excluded.first_filed_on),
    last_filed_on = GREATEST(known.last_filed_on, excluded.last_filed_on),
    filing_count = known.filing_count + excluded.filing_count,
    updated_at = now()
WHERE known.filing_count = 0 OR known.name = excluded.name
    OR known.last_filed_on IS DISTINCT FROM excluded.last_filed_on
RETURNING name_key, xmax = 0
"""

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
