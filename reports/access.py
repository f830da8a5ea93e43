"""Who may read a report and who may remove it."""

from django.db.models import Q, QuerySet

from accounts.callers import Caller
from accounts.roles import Role

from .models import Report


def visible(caller: Caller) -> QuerySet[Report]:
    """Reports of the caller's organisations, which everybody who may see the job of one belongs to; for admins all."""
    if caller.is_admin:
        return Report.objects.all()
    return Report.objects.filter(Q(tenant_id__in=sorted(caller.tenants)) | Q(tenant_id="", user_id=caller.user_id))


def may_remove(caller: Caller, report: Report) -> bool:
    """Who asked for it, and who administers the organisation."""
    return report.user_id == caller.user_id or caller.role >= Role.TENANT_ADMIN
