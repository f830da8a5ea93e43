"""The rows of this app, one module per subject."""

from .analyses import Insights, JudgeReview, StockAnalysis
from .market import DailyPrice, ReportedFigure, Security
from .quota import QuotaUnit
from .reports import Research, Section, SourceNote
from .sectors import SectorAnalysis, Stock, SubSector

__all__ = [
    "DailyPrice",
    "Insights",
    "JudgeReview",
    "QuotaUnit",
    "ReportedFigure",
    "Research",
    "Section",
    "SectorAnalysis",
    "Security",
    "SourceNote",
    "Stock",
    "StockAnalysis",
    "SubSector",
]
