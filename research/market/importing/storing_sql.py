"""The statements of storing: rows are copied to a table of the transaction's own, then taken over in one statement."""

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('market:' || %s, 0))"

#: Sorting some hundred thousand rows in memory of the server, not on its disk; until the transaction ends.
MORE_MEMORY = "SET LOCAL work_mem = '64MB'"

CREATE = """
CREATE TEMPORARY TABLE IF NOT EXISTS {table} (line bigint, {columns}) ON COMMIT DELETE ROWS;
TRUNCATE {table}
"""

COPY = "COPY {table} ({names}) FROM STDIN"

# Of rows that say the same of one thing, the first stays. Where they say different things, which is right
# nobody knows: none is taken.
TAKE_CONFLICTS = """
WITH told AS (
    SELECT line, min(said) OVER (PARTITION BY {key}) <> max(said) OVER (PARTITION BY {key}) AS doubtful,
        row_number() OVER (PARTITION BY {key} ORDER BY line) AS number
    FROM (SELECT *, ROW({said})::text AS said FROM {table}) rows
), taken AS (
    DELETE FROM {table} staged USING told
    WHERE told.line = staged.line AND (told.doubtful OR told.number > 1)
    RETURNING staged.line, told.doubtful
)
SELECT line FROM taken WHERE doubtful ORDER BY line
"""

TAKE_UNKNOWN = """
WITH taken AS (
    DELETE FROM {table} staged
    WHERE NOT EXISTS (
        SELECT FROM research_security known WHERE known.tenant_id = %(tenant)s AND known.symbol = staged.symbol
    )
    RETURNING staged.symbol, staged.line
)
SELECT symbol, min(line), count(*) FROM taken GROUP BY symbol ORDER BY min(line)
"""

# The bundled sample stays what it is: nobody's figures are mixed with invented ones.
TAKE_SAMPLES = """
WITH taken AS (
    DELETE FROM {table} staged USING research_security known
    WHERE known.tenant_id = %(tenant)s AND known.symbol = staged.symbol AND known.source = 'sample'
    RETURNING staged.symbol, staged.line
)
SELECT symbol, min(line), count(*) FROM taken GROUP BY symbol ORDER BY min(line)
"""

# Who becomes a share of one's own loses what the sample invented about it.
FORGET_SAMPLES = (
    """
    DELETE FROM research_reportedfigure figure USING research_security known, market_staged_security staged
    WHERE known.tenant_id = %(tenant)s AND known.symbol = staged.symbol AND known.source = 'sample'
        AND figure.security_id = known.id
    """,
    """
    DELETE FROM research_dailyprice price USING research_security known, market_staged_security staged
    WHERE known.tenant_id = %(tenant)s AND known.symbol = staged.symbol AND known.source = 'sample'
        AND price.security_id = known.id
    """,
)

# What a file leaves empty stays as it was.
UPSERT_SECURITIES = """
WITH stored AS (
    INSERT INTO research_security AS known
        (tenant_id, symbol, name, cik, sic, sector, sub_sector, currency, source, updated_at)
    SELECT %(tenant)s, symbol, name, cik, sic, sector, sub_sector, COALESCE(NULLIF(currency, ''), 'USD'), %(source)s,
        now()
    FROM market_staged_security ORDER BY symbol
    ON CONFLICT (tenant_id, symbol) DO UPDATE SET
        name = excluded.name,
        cik = COALESCE(NULLIF(excluded.cik, ''), known.cik),
        sic = COALESCE(NULLIF(excluded.sic, ''), known.sic),
        sector = excluded.sector,
        sub_sector = excluded.sub_sector,
        currency = COALESCE((SELECT NULLIF(staged.currency, '') FROM market_staged_security staged
            WHERE staged.symbol = excluded.symbol), known.currency),
        source = excluded.source,
        -- Figures that were fetched by another number are another company's: they are fetched again.
        figures_fetched_at = CASE WHEN excluded.cik IN ('', known.cik) THEN known.figures_fetched_at END,
        updated_at = now()
    WHERE (known.name, known.sector, known.sub_sector, known.source)
            IS DISTINCT FROM (excluded.name, excluded.sector, excluded.sub_sector, excluded.source)
        OR excluded.cik NOT IN ('', known.cik) OR excluded.sic NOT IN ('', known.sic)
        OR (SELECT staged.currency FROM market_staged_security staged WHERE staged.symbol = excluded.symbol)
            NOT IN ('', known.currency)
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM stored
"""

UPSERT_FIGURES = """
WITH stored AS (
    INSERT INTO research_reportedfigure AS known
        (tenant_id, security_id, tag, unit, start, "end", value, form, filed_on, accession, source)
    SELECT %(tenant)s, security.id, staged.tag, staged.unit, staged.start, staged."end", staged.value, staged.form,
        staged.filed_on, staged.accession, %(source)s
    FROM market_staged_figure staged
    JOIN research_security security ON security.tenant_id = %(tenant)s AND security.symbol = staged.symbol
    ORDER BY security.id, staged.tag, staged.unit, staged.start, staged."end", staged.accession
    ON CONFLICT (security_id, tag, unit, start, "end", accession) DO UPDATE SET
        value = excluded.value, form = excluded.form, filed_on = excluded.filed_on, source = excluded.source
    WHERE (known.value, known.form, known.filed_on) IS DISTINCT FROM (excluded.value, excluded.form, excluded.filed_on)
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM stored
"""

UPSERT_PRICES = """
WITH stored AS (
    INSERT INTO research_dailyprice AS known (tenant_id, security_id, date, close, volume, source)
    SELECT %(tenant)s, security.id, staged.date, staged.close, staged.volume, %(source)s
    FROM market_staged_price staged
    JOIN research_security security ON security.tenant_id = %(tenant)s AND security.symbol = staged.symbol
    ORDER BY security.id, staged.date
    ON CONFLICT (security_id, date) DO UPDATE SET
        close = excluded.close, volume = excluded.volume, source = excluded.source
    WHERE (known.close, known.volume) IS DISTINCT FROM (excluded.close, excluded.volume)
    RETURNING xmax = 0 AS added
)
SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM stored
"""
