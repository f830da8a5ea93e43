"""The audit trail refuses UPDATE and DELETE; TRUNCATE stays possible, for tests that empty the database."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION accounts_auditentry_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER audit_entry_is_append_only BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_auditentry_refuse_change();
"""
ALLOW = """
DROP TRIGGER audit_entry_is_append_only ON accounts_auditentry;
DROP FUNCTION accounts_auditentry_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
