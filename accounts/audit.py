"""Writing the audit trail. Call it inside the transaction of the change, so that both happen or neither."""

from collections.abc import Mapping
from typing import Any

from .callers import Caller
from .models import AuditEntry


def record(
    *,
    caller: Caller,
    action: str,
    target_type: str,
    target_id: str,
    outcome: str = "ok",
    details: Mapping[str, Any] | None = None,
    tenant_id: str | None = None,
    request_id: str | None = None,
) -> AuditEntry:
    """Append one entry; it can never be changed or removed.

    action: verb with its subject, such as `job.retry`, `queue.pause`, `token.issue`.
    details: JSON values, no secrets: admins read them for ever.
    tenant_id: of the target; the caller's own where not given.
    """
    return AuditEntry.objects.create(
        actor=caller.user_id,
        actor_name=caller.name,
        action=action,
        target_type=target_type,
        target_id=target_id[:200],
        outcome=outcome,
        details=dict(details or {}),
        tenant_id=tenant_id or caller.tenant_id,
        request_id=request_id,
    )
