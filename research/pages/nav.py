"""The tabs above the pages of research."""

from accounts.pages.tabs import Subject, Tab, shown_number
from accounts.pages.tabs import tabs as tabs_of

from ..models import SubSector

SUBJECTS = (
    Subject(name="index", title="Companies", icon="building"),
    Subject(name="sectors", title="Sectors", icon="sitemap", also=("stocks",)),
    Subject(name="market", title="Market data", icon="chart-line"),
    Subject(name="costs", title="Costs", icon="report-analytics"),
)
#: Decisions that a tab counts; beyond that the number says nothing more.
MOST_SHOWN = 99


def tabs(path: str, tenant_id: str) -> list[Tab]:
    pending = SubSector.objects.filter(
        tenant_id=tenant_id, status=SubSector.Status.PENDING_APPROVAL, sector__finished_at=None
    )
    waiting = shown_number(pending.order_by()[: MOST_SHOWN + 1].count(), MOST_SHOWN)
    return tabs_of("research", path, SUBJECTS, {"sectors": waiting})
