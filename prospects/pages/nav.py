"""The tabs above the pages of this app, each shown once its page exists."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from ..models import Match, MatchStatus
from ..scores.alerts import waiting_for

#: URL name, title, icon.
SUBJECTS = (
    ("index", "Prospects", "target"),
    ("companies", "Companies", "building"),
    ("contacts", "Contacts", "users"),
    ("matches", "Matches", "git-merge"),
    ("alerts", "Alerts", "bell"),
    ("imports", "Imports", "upload"),
    ("sources", "Sources", "plug-connected"),
)
#: What a tab counts at most; beyond that the number says nothing more.
MOST_SHOWN = 99


@dataclass(frozen=True, kw_only=True)
class Tab:
    title: str
    icon: str
    url: str
    current: bool
    #: How much waits there for a person.
    waiting: str = ""


def tabs(path: str, tenant_id: str) -> list[Tab]:
    found = [(name, title, icon, url) for name, title, icon in SUBJECTS if (url := _url(name))]
    root = _url("index")
    under = [url for _, _, _, url in found if url != root and path.startswith(url)]
    here = max(under, key=len, default=root)
    return [
        Tab(
            title=title,
            icon=icon,
            url=url,
            current=url == here,
            waiting=_waiting(name, tenant_id),
        )
        for name, title, icon, url in found
    ]


def _waiting(name: str, tenant_id: str) -> str:
    if name == "matches":
        waiting: QuerySet[Any] = Match.objects.filter(tenant_id=tenant_id, status=MatchStatus.DOUBTFUL)
    elif name == "alerts":
        waiting = waiting_for(tenant_id)
    else:
        return ""
    number = waiting.order_by()[: MOST_SHOWN + 1].count()
    return "" if not number else str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+"


def _url(name: str) -> str | None:
    try:
        return reverse(f"prospects:{name}")
    except NoReverseMatch:
        return None
