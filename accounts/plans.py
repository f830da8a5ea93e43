"""Plans: the job priority and the research quota that each brings."""

from django.conf import settings
from django.db import models


class Plan(models.TextChoices):
    """From the smallest to the largest."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"


DEFAULT_PRIORITIES = {"free": 0, "pro": 50, "enterprise": 100}


def default_priority(plan: str) -> int:
    """The priority of a job for which none was given. settings.PLAN_PRIORITIES replaces single plans."""
    priorities: dict[str, int] = DEFAULT_PRIORITIES | settings.PLAN_PRIORITIES
    return priorities.get(plan, 0)


def research_quota(plan: str) -> int:
    """Research requests a month; settings.RESEARCH_QUOTA_LIMITS replaces the number of single plans."""
    return settings.RESEARCH_QUOTA_LIMITS.get(plan, settings.RESEARCH_QUOTA_LIMIT)


def better(plan: str, other: str) -> str:
    """The larger of two plans: a person keeps an own plan inside a smaller organisation."""
    order = Plan.values
    return max(plan, other, key=order.index)
