"""Rows of a sector pipeline, as its jobs would leave them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from jobs import library
from jobs.ledger.claim import claim
from jobs.ledger.progress import Step, write_progress
from jobs.models import Job
from research.models import (
    Insights,
    JudgeReview,
    ReportedFigure,
    SectorAnalysis,
    Security,
    Stock,
    StockAnalysis,
    SubSector,
)

TENANT = "acme"
#: As they come from the database of market data.
FACTS = [
    {
        "id": "F1",
        "text": "Revenue of fiscal year 2025 was 1,250 million USD.",
        "value": "1250000000",
        "unit": "USD",
        "origin": "file",
        "reference": "https://www.sec.gov/0001",
    },
    {
        "id": "F2",
        "text": "Return on invested capital is 18 %.",
        "value": "18",
        "unit": "%",
        "origin": "sample",
        "reference": "bundled sample",
    },
]
SECTIONS = ("thesis", "business", "financials", "valuation", "momentum", "risks", "bear", "catalysts", "conclusion")


def sector(name: str = "Energy", **values: Any) -> SectorAnalysis:
    return SectorAnalysis.objects.create(
        **{"tenant_id": TENANT, "name": name, "status": "active", "backend": "analyst", "job_id": "", **values}
    )


def sub_sector(of: SectorAnalysis, name: str = "Oil services", **values: Any) -> SubSector:
    given = {"position": of.sub_sectors.count() + 1, "symbols": ["AAA", "BBB"], "description": "Rigs and pumps."}
    return SubSector.objects.create(tenant_id=of.tenant_id, sector=of, name=name, **given | values)


def stock(of: SubSector, symbol: str = "AAA", **values: Any) -> Stock:
    given = {
        "rank": of.stocks.count() + 1,
        "name": f"{symbol} Corporation",
        "composite": Decimal("59.375"),
        "coverage": Decimal(1),
        "factors": {"value": {"value": "0.080000", "percentile": "87.5", "weight": "0.25", "facts": []}},
        "rationale": "Cheap for what it earns.",
    }
    return Stock.objects.create(tenant_id=of.tenant_id, sub_sector=of, symbol=symbol, **given | values)


def statement(text: str, *facts: str, kind: str = "fact") -> dict[str, Any]:
    return {"text": text, "kind": kind, "facts": list(facts)}


def content(**sections: list[dict[str, Any]]) -> dict[str, Any]:
    gap = [statement("Nothing is known of this.", kind="gap")]
    return {**dict.fromkeys(SECTIONS, gap), "confidence": "medium", **sections}


def analysis(of: Stock, variation: int = 0, **values: Any) -> StockAnalysis:
    given = {
        "status": "written",
        "job_id": f"analysis:{of.public_id}:attempt:{variation}",
        "facts": FACTS,
        "backend": "analyst",
        "approach": "balanced",
        "content": content(
            thesis=[statement("Revenue of 1,250 million USD earns 18 % on capital.", "F1", "F2", kind="assessment")]
        ),
        "finished_at": timezone.now(),
    }
    return StockAnalysis.objects.create(tenant_id=of.tenant_id, stock=of, variation=variation, **given | values)


def review(of: StockAnalysis, *, approved: bool = True, **values: Any) -> JudgeReview:
    given = {
        "job_id": f"judge:{of.public_id}",
        "score": Decimal("0.80") if approved else Decimal("0.6125"),
        "gates": [{"gate": "schema", "passed": True, "problems": []}],
        "criteria": [{"criterion": "grounding", "weight": "0.30", "reason": "All cited.", "score": 5}],
        "feedback": "" if approved else "Say what speaks against the share.",
        "backend": "analyst",
    }
    return JudgeReview.objects.create(tenant_id=of.tenant_id, analysis=of, approved=approved, **given | values)


def running_job(related: str, *, percent: int, stage: str, tenant: str = TENANT) -> Job:
    """A job of the pipeline as a worker has it that reports progress."""
    key = library.enqueue("diag-progress", {"steps": 10}).key
    Job.objects.filter(pk=key).update(related_id=related, tenant_id=tenant)
    claim([key], worker="somewhere")
    write_progress([Step(job_id=key, run=1, percent=percent, stage=stage)])
    return Job.objects.get(pk=key)


def approve(sub: SubSector, by: str, at: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
    SubSector.objects.filter(pk=sub.pk).update(status="analysing", decided_by=by, decided_at=at, ranked_at=at)


def figure(of: Stock, **values: Any) -> ReportedFigure:
    """A number of a filing of the stock's share."""
    share, _ = Security.objects.get_or_create(
        tenant_id=of.tenant_id,
        symbol=of.symbol,
        defaults={"name": of.name, "sector": "Energy", "sub_sector": "Oil services", "source": "file"},
    )
    given = {
        "unit": "USD",
        "start": date(2025, 1, 1),
        "end": date(2025, 12, 31),
        "form": "10-K",
        "filed_on": date(2026, 2, 1),
        "accession": "0000-1",
        "source": "file",
    }
    return ReportedFigure.objects.create(tenant_id=of.tenant_id, security=share, **given | values)


def insights(of: StockAnalysis) -> Insights:
    """As format-insights leaves them, valid by their schema."""
    author = {"backend": "analyst", "model": "", "ruleBased": True}
    said = {"text": "Return on invested capital is 18 %.", "facts": ["F2"]}
    data = {
        "schemaVersion": 1,
        "company": {"symbol": of.stock.symbol, "name": of.stock.name},
        "rank": {"value": of.stock.rank, "facts": ["F1"]},
        "composite": {"value": "59.375", "facts": ["F1"]},
        "thesis": [said],
        "strengths": [said],
        "risks": [],
        "metrics": [{"key": "quality", "label": "Return on capital", "value": "0.18", "unit": "", "facts": ["F2"]}],
        "verdict": {"leaning": "favourable", "text": "It earns 18 % on its capital.", "facts": ["F2"]},
        "confidence": "medium",
        "sources": [{"fact": "F2", "text": FACTS[1]["text"], "origin": "sample", "reference": "bundled sample"}],
        "writtenBy": {"analysis": author, "insights": author},
        "disclaimers": ["This is no advice to trade."],
    }
    return Insights.objects.create(tenant_id=of.tenant_id, analysis=of, job_id=f"format:{of.public_id}", data=data)
