"""The tabs above the pages of research, each shown once its page exists."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from ..models import SubSector

#: URL name, title, icon; and what else lies under the tab.
SUBJECTS = (
    ("index", "Companies", "building", ()),
    ("sectors", "Sectors", "sitemap", ("stocks/",)),
    ("market", "Market data", "chart-line", ()),
    ("costs", "Costs", "report-analytics", ()),
)
#: Decisions that a tab counts; beyond that the number says nothing more.
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
    found = [(name, title, icon, url, under) for name, title, icon, under in SUBJECTS if (url := _url(name))]
    root = _url("index") or ""
    matching = [
        (len(start), url)
        for _, _, _, url, under in found
        for start in (url, *(f"{root}{word}" for word in under))
        if url != root and path.startswith(start)
    ]
    here = max(matching, default=(0, root))[1]
    return [
        Tab(
            title=title,
            icon=icon,
            url=url,
            current=url == here,
            waiting=_waiting(tenant_id) if name == "sectors" else "",
        )
        for name, title, icon, url, _ in found
    ]


def _waiting(tenant_id: str) -> str:
    """Sub-sectors that await approval."""
    pending = SubSector.objects.filter(
        tenant_id=tenant_id, status=SubSector.Status.PENDING_APPROVAL, sector__finished_at=None
    )
    number = pending.order_by()[: MOST_SHOWN + 1].count()
    return "" if not number else str(number) if number <= MOST_SHOWN else f"{MOST_SHOWN}+"


def _url(name: str) -> str | None:
    try:
        return reverse(f"research:{name}")
    except NoReverseMatch:
        return None
