"""Sectors and what hangs on them, as the API shows them."""

from typing import Any

from jobs.models import Job
from jobs.reads import with_facts
from jobs.resource import job_resource
from jobs.timestamps import iso, iso_or_none

from ..models import Insights, JudgeReview, SectorAnalysis, Stock, StockAnalysis, SubSector
from ..sectors.tree import AnalysisNode, SectorTree, StockNode, SubSectorNode


def whole_job(key: int) -> dict[str, Any] | None:
    """The job's own resource; None where it was removed at this moment."""
    found = with_facts(key)
    return job_resource(*found) if found else None


def sector_resource(sector: SectorAnalysis) -> dict[str, Any]:
    return {
        "id": sector.public_id,
        "sectorName": sector.name,
        "status": sector.status,
        "summary": sector.summary,
        "userId": sector.user_id or None,
        "jobId": sector.job_id or None,
        "writtenBy": _author(sector.backend, sector.model),
        "problem": sector.problem or None,
        "createdAt": iso(sector.created_at),
        "finishedAt": iso_or_none(sector.finished_at),
    }


def tree_resource(tree: SectorTree) -> dict[str, Any]:
    return {
        **sector_resource(tree.sector),
        "progress": tree.percent,
        "job": _step(tree.job),
        "subSectors": [sub_sector_resource(one) for one in tree.sub_sectors],
    }


def sub_sector_resource(node: SubSectorNode) -> dict[str, Any]:
    return {
        **plain_sub_sector(node.sub_sector),
        "progress": int(node.percent),
        "job": _step(node.job),
        "stocks": [_stock(one) for one in node.stocks],
    }


def plain_sub_sector(sub_sector: SubSector) -> dict[str, Any]:
    return {
        "id": sub_sector.public_id,
        "position": sub_sector.position,
        "name": sub_sector.name,
        "description": sub_sector.description,
        "symbols": sub_sector.symbols,
        "status": sub_sector.status,
        "decidedBy": sub_sector.decided_by or None,
        "decidedAt": iso_or_none(sub_sector.decided_at),
        "rankingJobId": sub_sector.ranking_job_id or None,
        "rankedAt": iso_or_none(sub_sector.ranked_at),
        "excluded": sub_sector.excluded,
        "problem": sub_sector.problem or None,
        "finishedAt": iso_or_none(sub_sector.finished_at),
    }


def analysis_resource(analysis: StockAnalysis) -> dict[str, Any]:
    """With its facts, what was written, the verdict and the insights."""
    stock = analysis.stock
    review: JudgeReview | None = getattr(analysis, "review", None)
    insights: Insights | None = getattr(analysis, "insights", None)
    return {
        **_attempt(analysis),
        "stock": _plain_stock(stock),
        "subSectorId": stock.sub_sector.public_id,
        "sectorId": stock.sub_sector.sector.public_id,
        "feedback": analysis.feedback or None,
        "facts": analysis.facts,
        "content": analysis.content,
        "review": _review(review) if review else None,
        "insights": insights_resource(insights) if insights else None,
    }


def insights_resource(insights: Insights) -> dict[str, Any]:
    return {
        "id": insights.public_id,
        "stockAnalysisId": insights.analysis.public_id,
        "schemaVersion": insights.schema_version,
        "jobId": insights.job_id,
        "createdAt": iso(insights.created_at),
        "data": insights.data,
    }


def _stock(node: StockNode) -> dict[str, Any]:
    newest = node.newest
    formatted = [one.insights_id for one in node.analyses if one.insights_id]
    return {
        **_plain_stock(node.stock),
        "progress": None if node.percent is None else int(node.percent),
        "analysisStatus": newest.analysis.status if newest else None,
        "variation": newest.analysis.variation if newest else None,
        "insightsId": formatted[-1] if formatted else None,
        "job": _step(newest.job) if newest else None,
        "analyses": [_node(one) for one in node.analyses],
    }


def _plain_stock(stock: Stock) -> dict[str, Any]:
    return {
        "id": stock.public_id,
        "symbol": stock.symbol,
        "name": stock.name,
        "rank": stock.rank,
        "composite": str(stock.composite),
        "coverage": str(stock.coverage),
        "factors": stock.factors,
        "rationale": stock.rationale,
        "status": stock.status,
        "rejections": stock.rejections,
        "problem": stock.problem or None,
    }


def _node(node: AnalysisNode) -> dict[str, Any]:
    review = node.review
    verdict = (
        {"approved": review.approved, "score": float(review.score), "feedback": review.feedback} if review else None
    )
    return {**_attempt(node.analysis), "review": verdict, "insightsId": node.insights_id}


def _attempt(analysis: StockAnalysis) -> dict[str, Any]:
    return {
        "id": analysis.public_id,
        "variation": analysis.variation,
        "approach": analysis.approach or None,
        "status": analysis.status,
        "writtenBy": _author(analysis.backend, analysis.model),
        "jobId": analysis.job_id,
        "judgeJobId": analysis.judge_job_id or None,
        "formatJobId": analysis.format_job_id or None,
        "problem": analysis.problem or None,
        "createdAt": iso(analysis.created_at),
        "finishedAt": iso_or_none(analysis.finished_at),
    }


def _review(review: JudgeReview) -> dict[str, Any]:
    return {
        "approved": review.approved,
        "score": float(review.score),
        "gates": review.gates,
        "criteria": review.criteria,
        "feedback": review.feedback,
        "missingFacts": review.missing_facts,
        "judgedBy": _author(review.backend, review.model),
        "jobId": review.job_id,
        "createdAt": iso(review.created_at),
    }


def _step(job: Job | None) -> dict[str, Any] | None:
    """Enough of a job to show how far it is; the whole is at /api/jobs/{id}."""
    if job is None:
        return None
    return {"id": job.public_id, "status": job.status, "progress": job.progress, "stage": job.stage or None}


def _author(backend: str, model: str) -> str | None:
    """`rules`, or the model that wrote it."""
    return ("rules" if backend == "analyst" else model or backend) if backend else None
