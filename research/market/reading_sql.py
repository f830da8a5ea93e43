"""The statements of research/market/reading.py: one for all shares of a ranking, never one for each."""

#: Tags and the newest filing of each period. Whole years come from annual reports: quarterly ones repeat
#: other spans. What holds at a moment, and counts of shares on covers, may come from any filing.
FIGURES = """
SELECT DISTINCT ON (figure.security_id, figure.tag, figure.start, figure."end")
    figure.id, figure.security_id, figure.tag, figure.start, figure."end", figure.value
FROM research_reportedfigure figure
JOIN unnest(%(securities)s::bigint[], %(currencies)s::text[]) AS wanted (id, currency)
    ON wanted.id = figure.security_id
WHERE figure.tag = ANY(%(tags)s)
    AND figure.unit = CASE WHEN figure.tag = ANY(%(share_tags)s) THEN 'shares' ELSE wanted.currency END
    AND (figure.start IS NULL
        OR figure."end" - figure.start + 1 BETWEEN %(shortest)s AND %(longest)s
            AND figure.form ~ '^(|10-K.*|20-F.*|40-F.*)$')
    AND figure."end" >= %(since)s
    AND (%(as_of)s::date IS NULL OR figure.filed_on <= %(as_of)s)
ORDER BY figure.security_id, figure.tag, figure.start, figure."end", figure.filed_on DESC, figure.accession DESC
"""

#: The newest price of each share, and those on or just before the same day a month and a year earlier.
PRICES = """
SELECT wanted.id, newest.id, newest.date, newest.close, month.id, month.close, year.id, year.close
FROM unnest(%(securities)s::bigint[]) AS wanted (id)
JOIN LATERAL (
    SELECT price.id, price.date, price.close FROM research_dailyprice price
    WHERE price.security_id = wanted.id AND (%(as_of)s::date IS NULL OR price.date <= %(as_of)s)
    ORDER BY price.date DESC LIMIT 1
) newest ON true
LEFT JOIN LATERAL (
    SELECT price.id, price.close FROM research_dailyprice price
    WHERE price.security_id = wanted.id AND price.date <= newest.date - interval '1 month'
        AND price.date > newest.date - interval '1 month' - %(tolerance)s * interval '1 day'
    ORDER BY price.date DESC LIMIT 1
) month ON true
LEFT JOIN LATERAL (
    SELECT price.id, price.close FROM research_dailyprice price
    WHERE price.security_id = wanted.id AND price.date <= newest.date - interval '12 months'
        AND price.date > newest.date - interval '12 months' - %(tolerance)s * interval '1 day'
    ORDER BY price.date DESC LIMIT 1
) year ON true
"""

NEWEST_YEAR = """
SELECT max("end") FROM research_reportedfigure
WHERE security_id = ANY(%(securities)s::bigint[]) AND tag = ANY(%(flows)s) AND start IS NOT NULL
"""
