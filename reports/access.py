"""Who may read a report and who may remove it."""

from django.db.models import Q, QuerySet

from accounts.callers import Caller
from accounts.roles import OVER_OTHERS

from .models import Report


def visible(caller: Caller) -> QuerySet[Report]:
    """For admins all; for others those of their organisations, but price derivations as the jobs that made them.

    A derivation goes to a counterparty: whoever asked for it reads it, and who administers the organisation.
    """
    if caller.is_admin:
        return Report.objects.all()
    own = Q(user_id=caller.user_id)
    ours = Q(tenant_id__in=sorted(caller.tenants))
    of_the_job = own & (ours | Q(tenant_id=""))
    if caller.role >= OVER_OTHERS:
        of_the_job |= ours
    return Report.objects.filter(of_the_job | (ours & ~Q(kind=Report.Kind.PRICE_MATH)))


def may_remove(caller: Caller, report: Report) -> bool:
    """Who asked for it, and who administers the organisation."""
    return report.user_id == caller.user_id or caller.role >= OVER_OTHERS
