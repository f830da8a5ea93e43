"""What was published, agreed or computed refuses UPDATE and DELETE, and belongs to the organisation of what it is of.

TRUNCATE stays possible, for tests that empty the database.
"""

from django.db import migrations

TABLES = (
    "observation",
    "contractversion",
    "contractline",
    "calculation",
    "calculationitem",
    "calculationstep",
)
#: Child, its column, parent.
OWNED = (
    ("observation", "series_id", "series"),
    ("contractversion", "contract_id", "contract"),
    ("contractline", "version_id", "contractversion"),
    ("batchitem", "batch_id", "batch"),
    ("batchitem", "contract_id", "contract"),
    ("calculation", "batch_id", "batch"),
    ("calculationitem", "calculation_id", "calculation"),
)


def refusing() -> list[migrations.RunSQL]:
    function = migrations.RunSQL(
        """
        CREATE FUNCTION pricing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only added to: % refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END
        $$
        """,
        "DROP FUNCTION pricing_refuse_change()",
    )
    triggers = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_is_added_only BEFORE UPDATE OR DELETE ON pricing_{table} "
            "FOR EACH ROW EXECUTE FUNCTION pricing_refuse_change()",
            f"DROP TRIGGER {table}_is_added_only ON pricing_{table}",
        )
        for table in TABLES
    ]
    return [function, *triggers]


def belonging() -> list[migrations.RunSQL]:
    parents = [
        migrations.RunSQL(
            f"ALTER TABLE pricing_{parent} ADD CONSTRAINT {parent}_of_tenant UNIQUE (id, tenant_id)",
            f"ALTER TABLE pricing_{parent} DROP CONSTRAINT {parent}_of_tenant",
        )
        for parent in sorted({parent for _, _, parent in OWNED})
    ]
    children = [
        migrations.RunSQL(
            f"ALTER TABLE pricing_{child} ADD CONSTRAINT {child}_{column}_of_tenant "
            f"FOREIGN KEY ({column}, tenant_id) REFERENCES pricing_{parent} (id, tenant_id)",
            f"ALTER TABLE pricing_{child} DROP CONSTRAINT {child}_{column}_of_tenant",
        )
        for child, column, parent in OWNED
    ]
    return [*parents, *children]


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [*refusing(), *belonging()]
