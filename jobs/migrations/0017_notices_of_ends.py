"""Notices tell which job ended and how, for what follows a job that may be gone by then."""

from django.db import migrations, models

NOTE = """
CREATE OR REPLACE FUNCTION jobs_note_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO jobs_notice (job_id, outcome, public_id, type, tenant_id, ended)
        VALUES (OLD.id, CASE WHEN OLD.finished_at IS NOT NULL THEN OLD.status END,
            OLD.public_id, OLD.type, OLD.tenant_id, CASE WHEN OLD.finished_at IS NULL THEN 'removed' END);
    ELSE
        INSERT INTO jobs_notice (job_id, outcome, public_id, type, tenant_id, ended)
        VALUES (NEW.id, CASE WHEN NEW.finished_at IS NOT NULL THEN NEW.status END,
            NEW.public_id, NEW.type, NEW.tenant_id, CASE WHEN NEW.finished_at IS NOT NULL THEN NEW.status END);
    END IF;
    RETURN NULL;
END $$;
"""
NOTE_LESS = """
CREATE OR REPLACE FUNCTION jobs_note_followed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO jobs_notice (job_id, outcome)
        VALUES (OLD.id, CASE WHEN OLD.finished_at IS NOT NULL THEN OLD.status END);
    ELSE
        INSERT INTO jobs_notice (job_id, outcome)
        VALUES (NEW.id, CASE WHEN NEW.finished_at IS NOT NULL THEN NEW.status END);
    END IF;
    RETURN NULL;
END $$;
"""


def _word(longest: int) -> models.CharField:
    return models.CharField(max_length=longest, null=True)


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0016_dead_letters_index"),
    ]

    operations = [
        migrations.AddField("notice", "public_id", _word(200)),
        migrations.AddField("notice", "type", _word(64)),
        migrations.AddField("notice", "tenant_id", _word(100)),
        migrations.AddField("notice", "ended", _word(16)),
        migrations.RunSQL(NOTE, NOTE_LESS),
    ]
