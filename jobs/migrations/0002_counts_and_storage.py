"""Counts kept by triggers, cascading keys, and storage settings of the hot tables."""

from django.db import migrations

COUNTS = """
CREATE FUNCTION jobs_count_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs_countdelta (queue, type, status, current, entered)
    SELECT queue, type, status, count(*), count(*) FROM new_rows WHERE NOT archived GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE FUNCTION jobs_count_updated() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION jobs_count_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO jobs_countdelta (queue, type, status, current, entered)
    SELECT queue, type, status, -count(*), 0 FROM old_rows WHERE NOT archived GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;

CREATE TRIGGER jobs_count_inserted AFTER INSERT ON jobs_job
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_inserted();
CREATE TRIGGER jobs_count_updated AFTER UPDATE ON jobs_job
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_updated();
CREATE TRIGGER jobs_count_deleted AFTER DELETE ON jobs_job
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jobs_count_deleted();
"""
NO_COUNTS = """
DROP TRIGGER jobs_count_inserted ON jobs_job;
DROP TRIGGER jobs_count_updated ON jobs_job;
DROP TRIGGER jobs_count_deleted ON jobs_job;
DROP FUNCTION jobs_count_inserted();
DROP FUNCTION jobs_count_updated();
DROP FUNCTION jobs_count_deleted();
"""
# A removed job takes its attempts and log along in the one statement that removes it.
CASCADES = """
ALTER TABLE jobs_attempt ADD CONSTRAINT jobs_attempt_job FOREIGN KEY (job_id)
    REFERENCES jobs_job (id) ON DELETE CASCADE;
ALTER TABLE jobs_logline ADD CONSTRAINT jobs_logline_job FOREIGN KEY (job_id)
    REFERENCES jobs_job (id) ON DELETE CASCADE;
"""
NO_CASCADES = """
ALTER TABLE jobs_attempt DROP CONSTRAINT jobs_attempt_job;
ALTER TABLE jobs_logline DROP CONSTRAINT jobs_logline_job;
"""
# Each job row is rewritten a few times in its life: room on the page keeps that local, and dead
# versions are swept before they slow the ready index down.
STORAGE = """
ALTER TABLE jobs_job SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 1000, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE jobs_attempt SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE jobs_countdelta SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [
        migrations.RunSQL(COUNTS, NO_COUNTS),
        migrations.RunSQL(CASCADES, NO_CASCADES),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
    ]
