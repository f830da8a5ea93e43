"""For which organisation a request acts."""

from typing import Any

from accounts.callers import Caller
from accounts.models import Organisation

from ..submission import Refused
from .problems import Invalid


def tenant_of(caller: Caller, given: Any) -> str:
    """The tenant a body names, else the caller's. Raises Invalid, or Refused for one that is not theirs."""
    tenant_id = given if given is not None else caller.tenant_id
    if tenant_id is None:
        raise Invalid({"tenantId": "is required: you belong to no organisation"})
    if not isinstance(tenant_id, str):
        raise Invalid({"tenantId": "must be a text"})
    if not caller.may_use_tenant(tenant_id):
        raise Refused("You do not belong to that tenant; leave tenantId out or name one of yours.")
    if given is not None and caller.is_admin and not Organisation.objects.filter(slug=tenant_id).exists():
        raise Invalid({"tenantId": "names no organisation"})
    return tenant_id
