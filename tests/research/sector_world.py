"""A sector whose shares, ranks and judge are a script, and the loop that runs its jobs here and now."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.db.models.functions import Now

from accounts.callers import Caller, Role
from accounts.roles import SCOPES
from jobs import execution
from jobs.models import Job
from jobs.states import TERMINAL
from jobs.testing import run_again
from jobs.workflows import release
from research.analyses.judging import Verdict
from research.analyses.propose import Proposal, ProposedSubSector
from research.market.composite import Ranked, RankedFactor, Ranking
from research.models import SectorAnalysis, Security, Stock, StockAnalysis, SubSector
from research.sectors import decisions

TENANT = "acme"
GROUPS = {"Drillers": 8, "Refiners": 3, "Pipelines": 2}


def caller(user_id: str = "user_1", role: Role = Role.MEMBER, tenant_id: str = TENANT) -> Caller:
    return Caller(
        user_id=user_id,
        tenant_id=tenant_id,
        tenants=frozenset({tenant_id}),
        role=role,
        scopes=frozenset(SCOPES),
        plan="free",
        is_service=False,
        name=user_id,
    )


def verdict(approved: bool, feedback: str = "") -> Verdict:
    return Verdict(
        approved=approved,
        score=Decimal("0.8") if approved else Decimal("0.4"),
        gates=[],
        criteria=[],
        feedback=feedback,
        missing_facts=[] if approved else ["F2"],
        exchanges=[],
        model="script",
    )


class Script:
    """What the pipeline's content is made of here. `judge` decides; `wrote` records what was asked of the writer."""

    def __init__(self) -> None:
        self.judge: Callable[[Mapping[str, Any]], Verdict] = lambda content: verdict(True)
        self.write: Callable[[Stock], None] = lambda stock: None
        self.format: Callable[[Stock], None] = lambda stock: None
        self.wrote: list[dict[str, Any]] = []

    def rejecting(self, times: int, symbol: str | None = None) -> None:
        """Reject the first attempts of a stock, or of every stock."""
        self.judge = lambda content: verdict(
            content["variation"] >= times or symbol not in (None, content["symbol"]),
            f"more facts, please (variation {content['variation']})",
        )

    def breaking(self, symbol: str) -> None:
        def judge(content: Mapping[str, Any]) -> Verdict:
            if content["symbol"] == symbol:
                raise RuntimeError("the judge is ill")
            return verdict(True)

        self.judge = judge

    # --- What the handlers call -------------------------------------------------------------------
    def proposal(
        self, sector_name: str, groups: Mapping[str, Sequence[Security]], backend: Any, on_text: Any
    ) -> Proposal:
        on_text("some text")
        found = [ProposedSubSector(name, "", [one.symbol for one in shares]) for name, shares in groups.items()]
        return Proposal(summary="In short.", sub_sectors=found, left_out=[], exchanges=[], model="script")

    def ranking(self, *, tenant_id: str, symbols: Sequence[str], at_most: int, check: Callable[[], None]) -> Ranking:
        check()
        ranked = [
            Ranked(
                symbol=symbol,
                rank=place,
                composite=Decimal(100 - place),
                coverage=Decimal(1),
                factors={"value": RankedFactor(value=Decimal(1), percentile=Decimal(50), weight=Decimal(1))},
            )
            for place, symbol in enumerate(symbols[:at_most], 1)
        ]
        return Ranking(ranked=tuple(ranked), excluded=())

    def analysis(self, stock: Stock, facts: Any, *, variation: int, feedback: str, **more: Any) -> Any:
        self.write(stock)
        prompt = f"variation {variation} of {stock.symbol}: {feedback}"
        self.wrote.append({"symbol": stock.symbol, "variation": variation, "prompt": prompt, **more})
        return SimpleNamespace(
            content={"symbol": stock.symbol, "variation": variation},
            approach=f"view-{variation}",
            exchanges=[{"prompt": prompt}],
            model="script",
        )

    def verdict(self, content: Mapping[str, Any], facts: Any, **more: Any) -> Verdict:
        return self.judge(content)

    def formatted(self, stock: Stock, content: Mapping[str, Any], facts: Any, backend: Any, **more: Any) -> Any:
        self.format(stock)
        return SimpleNamespace(data={"company": {"symbol": stock.symbol}}, exchanges=[], model="script")

    def explained(self, ranking: Ranking, backend: Any, on_text: Any) -> Any:
        texts = {one.symbol: f"{one.symbol} is good." for one in ranking.ranked}
        return SimpleNamespace(texts=texts, exchanges=[], model="script")


def acting(script: Script) -> ExitStack:
    """The script in the place of what is computed and written."""
    stack = ExitStack()
    for target, replacement in (
        ("research.analyses.propose.propose", script.proposal),
        ("research.analyses.rationale.explain", script.explained),
        ("research.analyses.writing.write_analysis", script.analysis),
        ("research.analyses.judging.judge", script.verdict),
        ("research.analyses.insights.format_insights", script.formatted),
        ("research.market.reading.rank_shares", script.ranking),
        ("research.market.facts.facts_of", lambda security, stock: [{"id": "F1", "text": "A fact."}]),
        ("research.market.universe.ensure_universe", lambda tenant_id: 0),
    ):
        stack.enter_context(patch(target, replacement))
    return stack


def shares(tenant_id: str = TENANT) -> None:
    Security.objects.bulk_create(
        Security(
            tenant_id=tenant_id,
            symbol=f"{group[:2].upper()}{number}",
            name=f"{group} {number}",
            sector="Energy",
            sub_sector=group,
            source="file",
        )
        for group, size in GROUPS.items()
        for number in range(1, size + 1)
    )


# --- Running --------------------------------------------------------------------------------------
def unfinished() -> Iterator[Job]:
    yield from Job.objects.exclude(status__in=[str(status) for status in TERMINAL]).order_by("id")


def run_all(*, most: int = 200) -> list[Job]:
    """Run every job there is and every one that comes of it, waits skipped; in the order they ran."""
    ran: list[Job] = []
    while True:
        release.run()
        job = next(unfinished(), None)
        if job is None:
            return ran
        ran.append(run_again(job))
        assert len(ran) <= most, "it goes on for ever"


def start(job: Job) -> None:
    """Run it now, whatever its queue's start limit says."""
    Job.objects.filter(pk=job.pk).update(permitted_at=Now())
    execution.run(job.pk)


def run_one(job_id: str) -> Job:
    job = run_again(Job.objects.get(public_id=job_id))
    release.run()
    return job


def begun(by: Caller | None = None) -> SectorAnalysis:
    """A sector whose sub-sectors await approval."""
    sector = decisions.start(name="Energy", by=by or caller()).sector
    run_all()
    sector.refresh_from_db()
    return sector


def approved(sector: SectorAnalysis, *names: str) -> list[SubSector]:
    """These sub-sectors approved, the others rejected."""
    for sub_sector in sector.sub_sectors.order_by("position"):
        if sub_sector.name in names:
            decisions.approve(sub_sector=sub_sector, by=caller())
        else:
            decisions.reject(sub_sector=sub_sector, by=caller())
    return list(sector.sub_sectors.filter(name__in=names).order_by("position"))


def ranked(script: Script, name: str = "Drillers") -> SubSector:
    """A sub-sector whose five analyses wait to run."""
    [sub_sector] = approved(begun(), name)
    run_one(sub_sector.ranking_job_id)
    sub_sector.refresh_from_db()
    return sub_sector


def first_analysis(sub_sector: SubSector) -> StockAnalysis:
    return StockAnalysis.objects.get(stock__sub_sector=sub_sector, stock__rank=1, variation=0)


def jobs_of(type_name: str) -> list[Job]:
    return list(Job.objects.filter(type=type_name).order_by("id"))
