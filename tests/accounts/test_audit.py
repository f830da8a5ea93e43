import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts import audit
from accounts.callers import session_caller, system_caller
from accounts.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_what_when_and_how_it_ended(acme, person):
    user = person("ana@example.com", acme="tenant-admin")
    before = timezone.now()

    audit.record(
        caller=session_caller(user),
        action="job.retry",
        target_type="job",
        target_id="j-1",
        outcome="refused",
        details={"reason": "active"},
        request_id="r-1",
    )

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name) == (user.public_id, "ana@example.com")
    assert (entry.action, entry.target_type, entry.target_id) == ("job.retry", "job", "j-1")
    assert (entry.outcome, entry.details, entry.request_id) == ("refused", {"reason": "active"}, "r-1")
    assert entry.tenant_id == "acme"
    assert abs((entry.at - before).total_seconds()) < 60


def test_the_tenant_of_the_target_goes_before_the_callers(acme, person):
    caller = session_caller(person("ana@example.com", acme="member"))

    audit.record(caller=caller, action="queue.pause", target_type="queue", target_id="research", tenant_id="globex")

    assert AuditEntry.objects.get().tenant_id == "globex"


def test_an_entry_goes_with_the_change_it_speaks_of():
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  one transaction, which fails
        record()
        raise RuntimeError

    assert not AuditEntry.objects.exists()


def test_an_entry_cannot_be_changed():
    entry = record()
    entry.outcome = "other"

    with pytest.raises(IntegrityError, match="append-only"):
        entry.save()


def test_an_entry_cannot_be_removed():
    record()

    with pytest.raises(IntegrityError, match="append-only"):
        AuditEntry.objects.all().delete()


@pytest.mark.parametrize("statement", ["DELETE FROM accounts_auditentry", "UPDATE accounts_auditentry SET actor = 'x'"])
def test_other_clients_of_the_database_cannot_change_it_either(statement):
    record()

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_without_an_action_is_refused():
    with pytest.raises(IntegrityError, match="audit_entry_is_complete"):
        audit.record(caller=system_caller(), action="", target_type="job", target_id="j-1")


def record() -> AuditEntry:
    return audit.record(caller=system_caller(), action="job.retry", target_type="job", target_id="j-1")
