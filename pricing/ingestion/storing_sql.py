"""The statements of pricing/ingestion/storing.py."""

# Made and emptied by each transaction for itself; nobody else sees it.
CREATE_STAGED = """
CREATE TEMPORARY TABLE IF NOT EXISTS pricing_staged (
    line bigint, code text, day date, tag text, value numeric(20, 8), published_at timestamptz, source text
) ON COMMIT DELETE ROWS;
TRUNCATE pricing_staged
"""

COPY_STAGED = "COPY pricing_staged (line, code, day, tag, value, published_at, source) FROM STDIN"

#: Sorting and grouping a million rows in memory of the server, not on its disk; until the transaction ends.
MORE_MEMORY = "SET LOCAL work_mem = '64MB'"

# Usually there are none, so that the table is looked through once.
FIND_SEVERAL = """
CREATE TEMPORARY TABLE IF NOT EXISTS pricing_several (
    code text, day date, tag text, first bigint, doubtful boolean
) ON COMMIT DELETE ROWS;
TRUNCATE pricing_several;
INSERT INTO pricing_several
SELECT code, day, tag, min(line), min(value) <> max(value) FROM pricing_staged
GROUP BY code, day, tag HAVING count(*) > 1;
ANALYZE pricing_several
"""

# Which of two values is right, nobody knows: neither is taken.
TAKE_CONFLICTS = """
WITH taken AS (
    DELETE FROM pricing_staged staged USING pricing_several several
    WHERE several.doubtful
        AND (staged.code, staged.day, staged.tag) = (several.code, several.day, several.tag)
    RETURNING staged.line
)
SELECT line FROM taken ORDER BY line
"""

# Of rows that say the same, the first stays.
DROP_REPEATED = """
DELETE FROM pricing_staged staged USING pricing_several several
WHERE NOT several.doubtful AND staged.line > several.first
    AND (staged.code, staged.day, staged.tag) = (several.code, several.day, several.tag)
"""

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('pricing:' || %s, 0))"
#: Waits until nothing is half stored; what is known then stays exactly what was known.
LOCK_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended('pricing:' || %s, 0))"

# The frequency of a new series is that of the gap which most of its dates have, those of its last years: sorting
# the dates of a million rows costs more than it tells.
ADD_SERIES = """
INSERT INTO pricing_series AS known (tenant_id, code, name, unit, currency, frequency)
SELECT %(tenant)s, told.code, '', COALESCE(note.unit, ''), COALESCE(note.currency, ''),
    CASE WHEN told.gap = 1 AND told.weekends > 0 THEN 'calendar-daily'
         WHEN told.gap = 1 THEN 'daily'
         WHEN told.gap = 7 THEN 'weekly'
         WHEN told.gap BETWEEN 28 AND 31 THEN 'monthly'
         WHEN told.gap BETWEEN 90 AND 92 THEN 'quarterly'
         WHEN told.gap BETWEEN 365 AND 366 THEN 'yearly'
         ELSE 'irregular' END
FROM (
    SELECT code, percentile_disc(0.5) WITHIN GROUP (ORDER BY gap) AS gap,
        count(*) FILTER (WHERE EXTRACT(isodow FROM day) > 5) AS weekends
    FROM (
        SELECT code, day, day - lag(day) OVER (PARTITION BY code ORDER BY day) AS gap
        FROM (
            SELECT DISTINCT staged.code, staged.day FROM pricing_staged staged
            JOIN (SELECT code, max(day) AS last FROM pricing_staged GROUP BY code) newest USING (code)
            WHERE staged.day > newest.last - 3660
                AND NOT EXISTS (
                    SELECT FROM pricing_series old WHERE old.tenant_id = %(tenant)s AND old.code = staged.code
                )
        ) days
    ) gaps
    GROUP BY code
) told
LEFT JOIN unnest(%(codes)s::text[], %(units)s::text[], %(currencies)s::text[]) AS note (code, unit, currency)
    ON note.code = told.code
ORDER BY told.code
ON CONFLICT (tenant_id, code) DO NOTHING
"""

#: Whether anything is known of the series that the rows are of.
HAS_KNOWN = """
SELECT EXISTS (
    SELECT FROM (SELECT DISTINCT code FROM pricing_staged) new
    JOIN pricing_series series ON series.tenant_id = %(tenant)s AND series.code = new.code
    WHERE EXISTS (SELECT FROM pricing_observation old WHERE old.series_id = series.id)
)
"""

# In the order of the index, by bytes: comparing words by the rules of a language takes as long as storing them.
_ADD = """
WITH added AS (
    INSERT INTO pricing_observation
        (tenant_id, series_id, as_of_date, version_tag, revision, value, published_at, recorded_at, source, origin,
         value_import_id)
    SELECT %(tenant)s, series.id, new.day, new.tag, {revision}, new.value,
        COALESCE(new.published_at, %(now)s), %(now)s, new.source, %(origin)s, %(import)s
    FROM pricing_staged new
    JOIN pricing_series series ON series.tenant_id = %(tenant)s AND series.code = new.code
    {known}
    ORDER BY series.id, new.day, new.tag COLLATE "C"
    RETURNING revision
)
SELECT count(*) FILTER (WHERE revision = 1), count(*) FILTER (WHERE revision > 1) FROM added
"""
_KNOWN = """
    LEFT JOIN LATERAL (
        SELECT old.revision, old.value, old.published_at FROM pricing_observation old
        WHERE old.series_id = series.id AND old.as_of_date = new.day AND old.version_tag = new.tag
        ORDER BY old.revision DESC LIMIT 1
    ) known ON true
    WHERE known.revision IS NULL OR known.value <> new.value OR known.published_at <> new.published_at
"""
ADD_OBSERVATIONS = _ADD.format(revision="COALESCE(known.revision, 0) + 1", known=_KNOWN)
#: The same where nothing is known of any of the series, so that nothing is looked for.
ADD_FIRST = _ADD.format(revision="1", known="")
