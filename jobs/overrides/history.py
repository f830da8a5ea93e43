"""What was changed of a queue's policy, and what of it holds now."""

from typing import Any

from ..policy import QueuePolicy, configured
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


# --- In words -------------------------------------------------------------------------------------
NAMES = {
    "concurrency": "slots per worker manager",
    "maxConcurrency": "cap over all hosts",
    "startLimit": "start limit",
}


def comparison(rules: QueuePolicy, own: QueuePolicy) -> list[dict[str, Any]]:
    """Each setting as it holds and as the environment has it, for people."""
    now, configured_values = settings_of(rules), settings_of(own)
    return [
        {
            "setting": name,
            "title": NAMES[name].capitalize(),
            "value": in_words(name, now[name]),
            "own": in_words(name, configured_values[name]),
        }
        for name in now
    ]


def in_words(setting: str, value: Any) -> str:
    """`10 in 60 s`, `4`, `none`."""
    if value is None:
        return "none"
    if setting == "startLimit":
        return f"{value['count']:,} in {value['windowMs'] / 1000:g} s"
    return str(value)


def sentence(item: OverrideChange) -> str:
    old, new = in_words(item.setting, item.old), in_words(item.setting, item.new)
    return f"{NAMES[item.setting]} {old} → {new}"
