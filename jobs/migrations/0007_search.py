"""The search index, its two functions, and the line from a repeated job to its original."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

# Words in order, with their places, so that phrases can be found. Postgres's own parser is not asked:
# it would cut an id such as 31e4xx into a number and a rest.
FUNCTIONS = """
CREATE FUNCTION jobs_search_words(given text, weight "char") RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(setweight(string_agg(quote_literal(left(word, 100)) || ':' || LEAST(place, 16000), ' ')::tsvector,
        weight), ''::tsvector)
    FROM regexp_split_to_table(lower(given), '[^[:alnum:]]+') WITH ORDINALITY AS w (word, place) WHERE word <> ''
$$;

-- Every value in a document with its path, such as address.zip: lower case, without underscores. Values of
-- lists have the list's path. Nothing below a key that holds secrets.
CREATE FUNCTION jobs_search_leaves(document jsonb, secret text) RETURNS TABLE (path text, value text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH RECURSIVE node (path, value, depth) AS (
        SELECT '', document, 0
        UNION ALL
        SELECT below.path, below.value, n.depth + 1 FROM node n CROSS JOIN LATERAL (
            SELECT ltrim(n.path || '.' || lower(translate(left(e.key, 60), '_-', '')), '.'), e.value
            FROM jsonb_each(CASE WHEN jsonb_typeof(n.value) = 'object' THEN n.value END) e
            WHERE lower(translate(e.key, '_-', '')) !~ secret
            UNION ALL
            SELECT n.path, a.value
            FROM jsonb_array_elements(CASE WHEN jsonb_typeof(n.value) = 'array' THEN n.value END) a (value)
        ) below (path, value) WHERE n.depth < 8 AND jsonb_typeof(n.value) IN ('object', 'array')
    )
    SELECT path, value #>> '{}' FROM node WHERE jsonb_typeof(value) IN ('string', 'number', 'boolean')
$$;
"""
NO_FUNCTIONS = """
DROP FUNCTION jobs_search_leaves(jsonb, text);
DROP FUNCTION jobs_search_words(text, "char");
"""
# What is there already is indexed by the first passes after the upgrade, the newest first.
FILL = """
INSERT INTO jobs_searchcursor (low, candidate, candidate_xid)
SELECT COALESCE(max(id), 0), COALESCE(max(id), 0), '0' FROM jobs_event;
INSERT INTO jobs_searchpending (job_id) SELECT id FROM jobs_job;
"""
# One writer adds a batch a second: its words wait in a short list and are merged into the index together.
STORAGE = """
ALTER INDEX jobs_search_words SET (fastupdate = on, gin_pending_list_limit = 2048);
ALTER TABLE jobs_searchdocument SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0006_schedules"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("low", models.BigIntegerField(db_default=0)),
                ("candidate", models.BigIntegerField(db_default=0)),
                ("candidate_xid", models.TextField(db_default="0")),
                ("current_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("job_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                ("event_id", models.BigIntegerField(db_default=0)),
            ],
        ),
        migrations.CreateModel(
            name="SearchPending",
            fields=[
                ("job_id", models.BigIntegerField(primary_key=True, serialize=False)),
            ],
        ),
        migrations.AddField(
            model_name="job",
            name="rerun_of",
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("rerun_of__isnull", False)), fields=["rerun_of"], name="jobs_job_rerun"
            ),
        ),
        migrations.AddIndex(
            model_name="searchdocument",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="jobs_search_words"),
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
