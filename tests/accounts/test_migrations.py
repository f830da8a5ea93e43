import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import AuditEntry


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", "accounts", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_audit_trigger_can_be_taken_back_and_given_again():
    def migrate(name: str) -> None:
        executor = MigrationExecutor(connection)
        executor.migrate([("accounts", name)])

    migrate("0001_initial")
    AuditEntry.objects.create(actor="a", action="b", target_type="c", target_id="d").delete()
    migrate("0002_append_only_audit")
