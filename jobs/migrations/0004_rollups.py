"""Rollups, fed by the trigger that keeps the counts: one more append per statement, no further join."""

import django.db.models.functions.datetime
from django.db import migrations, models

FUNCTIONS = """
CREATE FUNCTION jobs_bucket(ms double precision) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ms IS NULL THEN NULL WHEN ms <= 5 THEN 0::smallint
        ELSE LEAST(112, ceil(4 * ln(ms / 5) / ln(2.0::double precision)))::smallint END
$$;

CREATE FUNCTION jobs_tally(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(jsonb_object_agg(key, number), '{}') FROM (
        SELECT key, sum(value::bigint) AS number FROM (
            SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)
        ) both_parts GROUP BY key
    ) summed
$$;
"""
NO_FUNCTIONS = "DROP FUNCTION jobs_tally(jsonb, jsonb); DROP FUNCTION jobs_bucket(double precision);"

# The wait counts from when the job became ready: its creation, or where it was delayed, retried or put
# back, the change that made it wait.
COUNTS_AND_ROLLUPS = """
CREATE OR REPLACE FUNCTION jobs_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT n.queue, n.type, n.status, n.archived, n.error_type,
            o.queue AS old_queue, o.status AS old_status, o.archived AS old_archived,
            extract(epoch FROM CASE
                WHEN n.status = 'active' THEN n.started_at
                    - CASE WHEN o.run = 0 AND o.delay_ms IS NULL THEN o.created_at ELSE o.updated_at END
                WHEN o.status = 'active' THEN n.updated_at - o.started_at END)::double precision * 1000 AS ms
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status OR n.archived <> o.archived OR n.queue <> o.queue
    ), counted AS (
        INSERT INTO jobs_countdelta (queue, type, status, current, entered)
        SELECT queue, type, status, sum(current), sum(entered) FROM (
            SELECT queue, type, status, CASE WHEN archived THEN 0 ELSE 1 END AS current,
                CASE WHEN status <> old_status THEN 1 ELSE 0 END AS entered FROM changed
            UNION ALL
            SELECT old_queue, type, old_status, CASE WHEN old_archived THEN 0 ELSE -1 END, 0 FROM changed
        ) changes GROUP BY 1, 2, 3 HAVING sum(current) <> 0 OR sum(entered) <> 0
    )
    INSERT INTO jobs_rollupdelta (at, queue, type, kind, label, bucket, number, total_ms)
    SELECT clock_timestamp(), queue, type, kind,
        CASE WHEN kind IN ('failed', 'retried', 'dead') THEN COALESCE(error_type, 'UNKNOWN') ELSE '' END,
        jobs_bucket(GREATEST(ms, 0)), count(*), COALESCE(sum(GREATEST(ms, 0)), 0)::bigint
    FROM (
        SELECT queue, type, error_type, CASE WHEN k.kind = 'dead' THEN NULL ELSE ms END AS ms, k.kind
        FROM changed CROSS JOIN LATERAL (
            SELECT CASE
                WHEN status = 'active' THEN 'started'
                WHEN status IN ('completed', 'cancelled', 'failed') THEN status
                WHEN old_status = 'active' AND status = 'dead' THEN 'failed'
                WHEN old_status = 'active' AND status = 'delayed' THEN 'retried'
                WHEN old_status = 'active' AND status = 'waiting' THEN 'put-back' END AS kind
            UNION ALL SELECT CASE WHEN status = 'dead' THEN 'dead' END
        ) k
        WHERE status <> old_status AND k.kind IS NOT NULL
    ) happened GROUP BY 2, 3, 4, 5, 6;
    RETURN NULL;
END $$;
ALTER TABLE jobs_rollupdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE jobs_rollup SET (fillfactor = 80);
"""
COUNTS_ONLY = """
CREATE OR REPLACE FUNCTION jobs_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs_countdelta (queue, type, status, current, entered)
    SELECT queue, type, status, sum(current), sum(entered) FROM (
        SELECT n.queue, n.type, n.status,
               CASE WHEN n.archived THEN 0 ELSE 1 END AS current,
               CASE WHEN n.status <> o.status THEN 1 ELSE 0 END AS entered
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status OR n.archived <> o.archived OR n.queue <> o.queue
        UNION ALL
        SELECT o.queue, o.type, o.status, CASE WHEN o.archived THEN 0 ELSE -1 END, 0
        FROM new_rows n JOIN old_rows o USING (id)
        WHERE n.status <> o.status OR n.archived <> o.archived OR n.queue <> o.queue
    ) changes GROUP BY 1, 2, 3 HAVING sum(current) <> 0 OR sum(entered) <> 0;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_ended_index")]

    operations = [
        migrations.CreateModel(
            name="Rollup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step_seconds", models.IntegerField()),
                ("start", models.DateTimeField()),
                ("queue", models.CharField(max_length=64)),
                ("type", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("label", models.CharField(db_default="", max_length=32)),
                ("number", models.BigIntegerField()),
                ("total_ms", models.BigIntegerField()),
                ("buckets", models.JSONField(db_default={})),
            ],
            options={
                "indexes": [models.Index(fields=["step_seconds", "start"], name="jobs_rollup_start")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("step_seconds", "queue", "start", "type", "kind", "label"), name="jobs_rollup_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RollupDelta",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("queue", models.CharField(max_length=64)),
                ("type", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=16)),
                ("label", models.CharField(db_default="", max_length=32)),
                ("bucket", models.SmallIntegerField(null=True)),
                ("number", models.IntegerField()),
                ("total_ms", models.BigIntegerField()),
            ],
        ),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(COUNTS_AND_ROLLUPS, COUNTS_ONLY),
    ]
