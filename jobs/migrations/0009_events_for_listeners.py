"""Whose job an event is about, and which transaction wrote it, so that readers miss none."""

from django.db import migrations, models

# No value for the rows that exist: nobody resumes from before this migration. Rows are deleted from
# the old end only, a seventh of them a day, so the space is used again rather than grown into.
TRANSACTION = """
ALTER TABLE jobs_event ADD COLUMN txid xid8;
ALTER TABLE jobs_event ALTER COLUMN txid SET DEFAULT pg_current_xact_id();
CREATE INDEX jobs_event_txid ON jobs_event (txid);
ALTER TABLE jobs_event SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_insert_scale_factor = 0.1, autovacuum_analyze_scale_factor = 0.02);
"""
NO_TRANSACTION = """
ALTER TABLE jobs_event DROP COLUMN txid;
ALTER TABLE jobs_event RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0008_live_policy")]
    operations = [
        migrations.AddField("event", "tenant_id", models.CharField(max_length=100, null=True)),
        migrations.AddField("event", "user_id", models.CharField(max_length=100, null=True)),
        migrations.RunSQL(TRANSACTION, NO_TRANSACTION),
    ]
