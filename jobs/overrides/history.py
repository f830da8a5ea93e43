"""What was changed of a queue's policy, and what of it holds now."""

from typing import Any

from ..policy import configured
from ..timestamps import iso
from .models import OverrideChange, QueueOverride
from .values import settings_of


def overridden(queue: str) -> dict[str, Any]:
    """The settings that operators changed, each with the value that the environment has for it."""
    stored = QueueOverride.objects.filter(queue=queue).values_list("values", flat=True).first() or {}
    own = settings_of(configured()[queue])
    return {name: own[name] for name in own if name in stored}


def changes(queue: str, *, limit: int = 50) -> list[OverrideChange]:
    """The newest first."""
    return list(OverrideChange.objects.filter(queue=queue).order_by("-id")[:limit])


def change_resource(item: OverrideChange) -> dict[str, Any]:
    return {
        "setting": item.setting,
        "old": item.old,
        "new": item.new,
        "reverted": item.reverted,
        "reason": item.reason,
        "by": item.by_name,
        "at": iso(item.at),
    }
