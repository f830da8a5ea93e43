"""The console's sub-navigation: one tab per subject."""

from django.http import HttpRequest

from accounts.pages.tabs import Subject, Tab
from accounts.pages.tabs import tabs as tabs_of

SUBJECTS = (
    Subject(name="overview", title="Overview", icon="layout-dashboard"),
    Subject(name="jobs", title="Jobs", icon="list-details"),
    Subject(name="queues", title="Queues", icon="stack-2"),
    Subject(name="workers", title="Workers", icon="server"),
    Subject(name="schedules", title="Schedules", icon="calendar-time"),
    Subject(name="workflows", title="Workflows", icon="sitemap"),
    Subject(name="dead-letters", title="Dead letters", icon="skull"),
    Subject(name="webhooks", title="Webhooks", icon="webhook"),
    Subject(name="alerts", title="Alerts", icon="bell"),
    Subject(name="audit", title="Audit", icon="history"),
)


def tabs(request: HttpRequest) -> list[Tab]:
    return tabs_of("console", request.path, SUBJECTS)
