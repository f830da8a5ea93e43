"""Changing a queue's limits at run time, and taking the changes back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts import audit
from accounts.callers import Caller

from .. import dispatch, policy
from ..events.wake import wake_after_commit
from ..ledger import ready as ledger
from ..models import Event
from . import live
from .models import SETTINGS, OverrideChange, QueueOverride
from .values import LONGEST_REASON, InvalidOverride, checked, settings_of


def change(
    *, queue: str, values: Mapping[str, Any], reason: str = "", by: Caller, request_id: str | None = None
) -> list[OverrideChange]:
    """Let these settings hold from now on, in every process within seconds; returns what really changed.

    values: `concurrency`, `maxConcurrency` and `startLimit` as the API has them; those that are absent stay.
    Raises InvalidOverride.
    """
    wanted = checked(values)
    return _apply(queue, "queue.policy", by, reason, request_id, lambda stored: {**stored, **wanted})


def revert(
    *, queue: str, settings: Iterable[str] = SETTINGS, reason: str = "", by: Caller, request_id: str | None = None
) -> list[OverrideChange]:
    """Let these settings be again what the environment says; returns what really changed."""
    names = set(settings)
    if unknown := names - set(SETTINGS):
        raise InvalidOverride(dict.fromkeys(sorted(unknown), f"is none of {', '.join(SETTINGS)}"))
    return _apply(
        queue,
        "queue.policy-revert",
        by,
        reason,
        request_id,
        lambda stored: {name: value for name, value in stored.items() if name not in names},
    )


def _apply(queue: str, action: str, by: Caller, reason: str, request_id: str | None, edit: Any) -> list[OverrideChange]:
    if len(reason) > LONGEST_REASON:
        raise InvalidOverride({"reason": f"is longer than {LONGEST_REASON} characters"})
    own = settings_of(policy.configured()[queue])
    with transaction.atomic():
        QueueOverride.objects.bulk_create([QueueOverride(queue=queue, values={})], ignore_conflicts=True)
        row = QueueOverride.objects.select_for_update().get(queue=queue)
        before, row_values = {**own, **row.values}, edit(row.values)
        after = {**own, **row_values}
        changed = [
            OverrideChange(
                queue=queue,
                setting=name,
                old=before[name],
                new=after[name],
                reverted=name in row.values and name not in row_values,
                reason=reason,
                by=by.user_id,
                by_name=by.name[:200],
            )
            for name in SETTINGS
            if before[name] != after[name] or (name in row.values) != (name in row_values)
        ]
        if not changed:
            return []
        QueueOverride.objects.filter(queue=queue).update(values=row_values, changed_at=Now())
        OverrideChange.objects.bulk_create(changed)
        _note(queue, action, by, reason, request_id, changed)
        gated = _gates(before) or _gates(after)
        if gated:
            # What was held back by the old limits is decided about anew.
            ledger.take_back_permits(queue)
        transaction.on_commit(lambda: _spread(queue, gated))
    return changed


def _gates(values: Mapping[str, Any]) -> bool:
    return values["maxConcurrency"] is not None or values["startLimit"] is not None


def _note(
    queue: str, action: str, by: Caller, reason: str, request_id: str | None, changed: list[OverrideChange]
) -> None:
    details = {
        "changes": [{"setting": item.setting, "old": item.old, "new": item.new} for item in changed],
        "reason": reason,
    }
    Event.objects.create(queue=queue, event="policy-changed", payload={"by": by.name, **details})
    wake_after_commit()
    audit.record(caller=by, action=action, target_type="queue", target_id=queue, details=details, request_id=request_id)


def _spread(queue: str, gated: bool) -> None:
    """Let this process know at once, and decide about the queue; the others find out within seconds."""
    live.refresh(older_than=0)
    if gated:
        dispatch.recall_all(queue)
        dispatch.refill(queue)
