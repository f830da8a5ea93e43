"""The tabs above the pages of this app."""

from typing import Any

from django.db.models import QuerySet

from accounts.pages.tabs import Subject, Tab, shown_number
from accounts.pages.tabs import tabs as tabs_of

from ..models import Match, MatchStatus
from ..scores.alerts import waiting_for

SUBJECTS = (
    Subject(name="index", title="Prospects", icon="target"),
    Subject(name="companies", title="Companies", icon="building"),
    Subject(name="contacts", title="Contacts", icon="users"),
    Subject(name="matches", title="Matches", icon="git-merge"),
    Subject(name="alerts", title="Alerts", icon="bell"),
    Subject(name="imports", title="Imports", icon="upload"),
    Subject(name="sources", title="Sources", icon="plug-connected"),
)
#: What a tab counts at most; beyond that the number says nothing more.
MOST_SHOWN = 99


def tabs(path: str, tenant_id: str) -> list[Tab]:
    doubtful = Match.objects.filter(tenant_id=tenant_id, status=MatchStatus.DOUBTFUL)
    waiting = {"matches": _number(doubtful), "alerts": _number(waiting_for(tenant_id))}
    return tabs_of("prospects", path, SUBJECTS, waiting)


def _number(rows: QuerySet[Any]) -> str:
    return shown_number(rows.order_by()[: MOST_SHOWN + 1].count(), MOST_SHOWN)
