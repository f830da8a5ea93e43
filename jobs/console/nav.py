"""The console's sub-navigation: one tab per subject, shown once its page exists."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

#: Subject, title, icon. A subject's page has the URL name `console:<subject>`.
SUBJECTS = (
    ("overview", "Overview", "layout-dashboard"),
    ("jobs", "Jobs", "list-details"),
    ("queues", "Queues", "stack-2"),
    ("workers", "Workers", "server"),
    ("schedules", "Schedules", "calendar-time"),
    ("workflows", "Workflows", "sitemap"),
    ("dead-letters", "Dead letters", "skull"),
    ("webhooks", "Webhooks", "webhook"),
    ("alerts", "Alerts", "bell"),
    ("audit", "Audit", "history"),
)


@dataclass(frozen=True, kw_only=True)
class Tab:
    title: str
    icon: str
    url: str
    current: bool


def tabs(request: HttpRequest) -> list[Tab]:
    """`current` is the tab whose address the path is, or lies under; the longest one wins."""
    found = [(title, icon, url) for subject, title, icon in SUBJECTS if (url := page_url(subject))]
    here = max((url for _, _, url in found if _lies_under(request.path, url)), key=len, default=None)
    return [Tab(title=title, icon=icon, url=url, current=url == here) for title, icon, url in found]


def page_url(subject: str) -> str | None:
    try:
        return reverse(f"console:{subject}")
    except NoReverseMatch:
        return None


def _lies_under(path: str, url: str) -> bool:
    return path.rstrip("/") == url.rstrip("/") or path.startswith(url.rstrip("/") + "/")
