"""Job types of this app, for the registry."""

from .company.job_type import research_company
from .sectors.analysis_job import analyse_stock
from .sectors.failures import settle_ended_step
from .sectors.insights_job import format_analysis
from .sectors.judge_job import review_analysis
from .sectors.ranking_job import rank_stocks
from .sectors.research_job import research_sector

__all__ = [
    "analyse_stock",
    "format_analysis",
    "rank_stocks",
    "research_company",
    "research_sector",
    "review_analysis",
    "settle_ended_step",
]
