"""Personal data: who must not be looked up, and how what is known of a person goes."""

from django.db import transaction
from django.db.models import Q

from ..models import Contact, EmailStatus, Fact, Lookup, Suppression


def is_suppressed(*, tenant_id: str, email: str = "", linkedin_slug: str = "") -> bool:
    """Whether the organisation has put this address or profile on its list."""
    values = [value.lower() for value in (email, linkedin_slug) if value]
    return bool(values) and Suppression.objects.filter(tenant_id=tenant_id, value__in=values).exists()


@transaction.atomic
def suppress(*, tenant_id: str, value: str, reason: str = "") -> int:
    """Put an address or a profile on the list and erase who has it; returns how many contacts were erased."""
    Suppression.objects.get_or_create(tenant_id=tenant_id, value=value.strip().lower(), defaults={"reason": reason})
    return erase(tenant_id=tenant_id, value=value)


@transaction.atomic
def erase(*, tenant_id: str, value: str) -> int:
    """Forget what is known of the contacts with this address or profile; their ids stay, and nothing else.

    Facts and look-ups about them go. A deleted contact's go with its row.
    """
    who = Q(email__iexact=value.strip()) | Q(linkedin_slug__iexact=value.strip())
    keys = list(Contact.objects.select_for_update().filter(who, tenant_id=tenant_id).values_list("pk", flat=True))
    Fact.objects.filter(contact__in=keys).delete()
    Lookup.objects.filter(contact__in=keys).delete()
    return Contact.objects.filter(pk__in=keys).update(
        name="",
        email="",
        email_status=EmailStatus.UNKNOWN,
        email_reason="",
        email_checked_at=None,
        linkedin_slug="",
        job_title="",
        employer="",
        location="",
        skills=[],
        lawful_basis="",
        enriched_at=None,
    )
