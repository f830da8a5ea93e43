"""That a value belongs to the organisation of its series is checked once a statement instead of once a row.

The reference cost as much as storing the row; a million values come in one statement. The same holds as before:
a series without its values cannot be changed to another organisation or deleted, and none is deleted while values
are being added to it.
"""

from django.db import migrations

CHECK_VALUES = """
CREATE FUNCTION pricing_check_observation_tenants() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- As a reference does: the series stays while this transaction lasts.
    PERFORM FROM pricing_series series
    WHERE series.id IN (SELECT DISTINCT series_id FROM added) FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT series_id, tenant_id FROM added) told
        WHERE NOT EXISTS (
            SELECT FROM pricing_series series
            WHERE series.id = told.series_id AND series.tenant_id = told.tenant_id
        )
    ) THEN
        RAISE EXCEPTION 'observation_series_id_of_tenant: a value belongs to the organisation of its series'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER observation_is_of_tenant AFTER INSERT ON pricing_observation
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION pricing_check_observation_tenants()
"""
KEEP_SERIES = """
CREATE FUNCTION pricing_keep_observed_series() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pricing_observation WHERE series_id = OLD.id) THEN
        RAISE EXCEPTION 'observation_series_id_of_tenant: the series has values'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER series_keeps_its_values AFTER DELETE ON pricing_series
FOR EACH ROW EXECUTE FUNCTION pricing_keep_observed_series();
CREATE TRIGGER series_keeps_its_tenant AFTER UPDATE OF id, tenant_id ON pricing_series
FOR EACH ROW WHEN (OLD.id <> NEW.id OR OLD.tenant_id <> NEW.tenant_id) EXECUTE FUNCTION pricing_keep_observed_series()
"""
DROP_VALUES = """
DROP TRIGGER observation_is_of_tenant ON pricing_observation;
DROP FUNCTION pricing_check_observation_tenants()
"""
DROP_SERIES = """
DROP TRIGGER series_keeps_its_values ON pricing_series;
DROP TRIGGER series_keeps_its_tenant ON pricing_series;
DROP FUNCTION pricing_keep_observed_series()
"""
DROP_REFERENCE = "ALTER TABLE pricing_observation DROP CONSTRAINT observation_series_id_of_tenant"
ADD_REFERENCE = """
ALTER TABLE pricing_observation ADD CONSTRAINT observation_series_id_of_tenant
FOREIGN KEY (series_id, tenant_id) REFERENCES pricing_series (id, tenant_id)
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_feeds_and_uploads")]
    operations = [
        migrations.RunSQL(DROP_REFERENCE, ADD_REFERENCE),
        migrations.RunSQL(CHECK_VALUES, DROP_VALUES),
        migrations.RunSQL(KEEP_SERIES, DROP_SERIES),
    ]
