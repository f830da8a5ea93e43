"""The board of a sector: one lane for each sub-sector, in it one column for each stage, in those the stocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..models import SectorAnalysis, Stock, StockAnalysis, SubSector
from .people import names_of
from .running import Running, running_about

#: Key, title, statuses of stocks.
STAGES = (
    ("ranked", "Ranked", (Stock.Status.RANKED,)),
    ("analysing", "Analysing", (Stock.Status.ANALYSING,)),
    ("judging", "Judging", (Stock.Status.REVIEWING,)),
    ("formatting", "Formatting", (Stock.Status.FORMATTING,)),
    ("done", "Done", (Stock.Status.COMPLETED,)),
    ("failed", "Failed", (Stock.Status.FAILED, Stock.Status.CANCELLED)),
)
_STAGE_OF = {str(status): key for key, _, statuses in STAGES for status in statuses}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """The newest analysis of a stock; score 0 to 1 is the judge's, None before the judge."""

    public_id: str
    variation: int
    status: str
    score: Decimal | None

    @property
    def number(self) -> int:
        """As people count."""
        return self.variation + 1


@dataclass(frozen=True, kw_only=True)
class Card:
    """A stock in its stage. composite is 0 to 100."""

    stock: Stock
    stage: str
    attempt: Attempt | None
    job: Running | None

    @property
    def at_rest(self) -> bool:
        return self.stage in {"ranked", "done", "failed"}


@dataclass(frozen=True, kw_only=True)
class Column:
    key: str
    title: str
    cards: list[Card]


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A sub-sector. columns is empty until it is ranked."""

    sub_sector: SubSector
    decided_by: str
    columns: list[Column]
    job: Running | None
    finished: int
    analysed: int
    #: Whether none of its cards will move by itself.
    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class Board:
    sector: SectorAnalysis
    owner: str
    lanes: list[Lane]
    job: Running | None
    #: Stocks in each stage, in the order of STAGES: (key, title, number).
    totals: list[tuple[str, str, int]]
    #: Primary key of the first sub-sector that awaits approval.
    next_pending: int | None
    #: What the page listens to.
    topics: str

    @property
    def is_over(self) -> bool:
        return self.sector.finished_at is not None


def board_of(sector: SectorAnalysis) -> Board:
    sub_sectors = list(sector.sub_sectors.order_by("position"))
    stocks = list(Stock.objects.filter(sub_sector__sector=sector).defer("factors", "rationale"))
    attempts = _newest_attempts(stocks)
    jobs = running_about(sector.tenant_id, _entities(sector, sub_sectors, stocks, attempts))
    names = names_of([sector.user_id, *(one.decided_by for one in sub_sectors)])
    cards = [_card(stock, attempts.get(stock.pk), jobs) for stock in sorted(stocks, key=lambda one: one.rank)]
    lanes = [
        _lane(one, [card for card in cards if card.stock.sub_sector_id == one.pk], jobs, names) for one in sub_sectors
    ]
    pending = [one.pk for one in sub_sectors if one.status == SubSector.Status.PENDING_APPROVAL]
    return Board(
        sector=sector,
        owner=names.get(sector.user_id, ""),
        lanes=lanes,
        job=jobs.get(sector.public_id),
        totals=[(key, title, sum(1 for card in cards if card.stage == key)) for key, title, _ in STAGES],
        next_pending=next(iter(pending), None),
        topics=_topics(jobs, sector),
    )


def _newest_attempts(stocks: Sequence[Stock]) -> dict[int, Attempt]:
    rows = (
        StockAnalysis.objects.filter(stock__in=stocks)
        .order_by("stock_id", "-variation")
        .distinct("stock_id")
        .values_list("stock_id", "public_id", "variation", "status", "review__score")
    )
    return {
        stock: Attempt(public_id=public_id, variation=variation, status=status, score=score)
        for stock, public_id, variation, status, score in rows
    }


def _entities(
    sector: SectorAnalysis, sub_sectors: Sequence[SubSector], stocks: Sequence[Stock], attempts: Mapping[int, Attempt]
) -> list[str]:
    return [
        sector.public_id,
        *(one.public_id for one in sub_sectors),
        *(one.public_id for one in stocks),
        *(one.public_id for one in attempts.values()),
    ]


def _card(stock: Stock, attempt: Attempt | None, jobs: Mapping[str, Running]) -> Card:
    job = jobs.get(attempt.public_id) if attempt else None
    return Card(
        stock=stock,
        stage=_STAGE_OF.get(stock.status, "ranked"),
        attempt=attempt,
        job=job or jobs.get(stock.public_id),
    )


def _lane(sub_sector: SubSector, cards: list[Card], jobs: Mapping[str, Running], names: Mapping[str, str]) -> Lane:
    job = jobs.get(sub_sector.public_id)
    columns = [
        Column(key=key, title=title, cards=[card for card in cards if card.stage == key]) for key, title, _ in STAGES
    ]
    is_settled = job is None and all(card.at_rest for card in cards)
    if is_settled:  # what was found comes first
        columns.append(columns.pop(0))
    return Lane(
        sub_sector=sub_sector,
        decided_by=names.get(sub_sector.decided_by, ""),
        columns=columns if cards else [],
        job=job,
        is_settled=is_settled,
        finished=sum(1 for card in cards if card.stage in {"done", "failed"}),
        analysed=sum(1 for card in cards if card.stage != "ranked"),
    )


def _topics(jobs: Mapping[str, Running], sector: SectorAnalysis) -> str:
    """Each open job; and the queue of rankings, since an approval by somebody else begins with one."""
    if sector.finished_at is not None and not jobs:
        return ""
    followed = sorted(f"job:{job.id}" for job in jobs.values())
    return " ".join(["queue:stock-ranking", *followed])
