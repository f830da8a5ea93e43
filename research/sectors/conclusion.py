"""How stocks, sub-sectors and sectors end and are taken up again. Call all of this with the sector locked.

The lock on the sector's row is the one lock of the pipeline: whoever changes the state of anything below it
takes it first. So of five analyses that end at once the last one sees the other four, and nobody waits in
a circle.
"""

from typing import Any

from django.db.models.functions import Now

from ..models import Insights, SectorAnalysis, Stock, SubSector
from ..models.sectors import StockStatus, SubSectorStatus

UNDER_WAY = (Stock.Status.ANALYSING, Stock.Status.REVIEWING, Stock.Status.FORMATTING)
_UNDECIDED = (SubSector.Status.PENDING_APPROVAL, SubSector.Status.APPROVED, SubSector.Status.ANALYSING)
LONGEST_PROBLEM = 500


def lock_sector(key: int) -> SectorAnalysis:
    """Wait for whoever changes something in this sector."""
    return SectorAnalysis.objects.select_for_update(no_key=True).get(pk=key)


def set_stock(stock: Stock, status: StockStatus, **more: Any) -> None:
    Stock.objects.filter(pk=stock.pk).update(status=status, updated_at=Now(), **more)
    stock.status = status


def give_up(stock: Stock, problem: str, *, cancelled: bool = False) -> bool:
    """The stock's last attempt came to nothing. Whether its sub-sector has ended with it.

    A stock that has insights of an earlier attempt keeps them, and is completed still.
    """
    if Insights.objects.filter(analysis__stock=stock).exists():
        status = Stock.Status.COMPLETED
    else:
        status = Stock.Status.CANCELLED if cancelled else Stock.Status.FAILED
    set_stock(stock, status, problem=problem[:LONGEST_PROBLEM])
    return conclude(stock.sub_sector)


def conclude(sub_sector: SubSector) -> bool:
    """End the sub-sector if none of its stocks is under way. True for the one call that ends it."""
    stocks = Stock.objects.filter(sub_sector=sub_sector)
    if stocks.filter(status__in=UNDER_WAY).exists():
        return False
    completed = stocks.filter(status=Stock.Status.COMPLETED).exists()
    return end_sub_sector(
        sub_sector,
        SubSector.Status.COMPLETED if completed else SubSector.Status.FAILED,
        problem="" if completed else "None of its stocks was approved.",
        of=(SubSector.Status.ANALYSING,),
    )


def end_sub_sector(
    sub_sector: SubSector, status: SubSectorStatus, *, of: tuple[SubSectorStatus, ...], problem: str = ""
) -> bool:
    """True for the one call that changed it."""
    rows = SubSector.objects.filter(pk=sub_sector.pk, status__in=of)
    ended = rows.update(status=status, problem=problem[:LONGEST_PROBLEM], finished_at=Now())
    if ended:
        conclude_sector(sub_sector.sector_id)
    return bool(ended)


def conclude_sector(key: int) -> bool:
    """Complete the sector if no sub-sector waits for a decision or is under way."""
    if SubSector.objects.filter(sector_id=key, status__in=_UNDECIDED).exists():
        return False
    rows = SectorAnalysis.objects.filter(pk=key, status=SectorAnalysis.Status.ACTIVE)
    return bool(rows.update(status=SectorAnalysis.Status.COMPLETED, finished_at=Now()))


def take_up_stock(stock: Stock, status: StockStatus) -> None:
    """The stock is under way again, and with it what it belongs to."""
    set_stock(stock, status, problem="")
    take_up(stock.sub_sector, SubSector.Status.ANALYSING)


def take_up(sub_sector: SubSector, status: SubSectorStatus) -> None:
    SubSector.objects.filter(pk=sub_sector.pk).update(status=status, problem="", finished_at=None)
    rows = SectorAnalysis.objects.filter(pk=sub_sector.sector_id).exclude(status=SectorAnalysis.Status.CANCELLED)
    rows.update(status=SectorAnalysis.Status.ACTIVE, problem="", finished_at=None)
