"""The rows of this app, one module per subject."""

from .alerts import HealthAlert
from .base import Origin, Source
from .companies import Company, CompanyFigure, Contact, EmailStatus, FigureName, Suppression
from .facts import Fact, Lookup, Outcome
from .filings import Action, Collateral, Filing, Kind, Lien, LienStatus, Party, Role
from .imports import Import, ImportContent, ImportKind, ImportStatus, RejectedRow
from .matches import Match, MatchStatus
from .prospects import Prospect
from .saved_views import SavedView
from .scores import HealthScore, LeadScore, ProspectScore, ScoreKind, ScoreWeights
from .signals import BuyingSignal, Signal, SignalCount

__all__ = [
    "Action",
    "BuyingSignal",
    "Collateral",
    "Company",
    "CompanyFigure",
    "Contact",
    "EmailStatus",
    "Fact",
    "FigureName",
    "Filing",
    "HealthAlert",
    "HealthScore",
    "Import",
    "ImportContent",
    "ImportKind",
    "ImportStatus",
    "Kind",
    "LeadScore",
    "Lien",
    "LienStatus",
    "Lookup",
    "Match",
    "MatchStatus",
    "Origin",
    "Outcome",
    "Party",
    "Prospect",
    "ProspectScore",
    "RejectedRow",
    "Role",
    "SavedView",
    "ScoreKind",
    "ScoreWeights",
    "Signal",
    "SignalCount",
    "Source",
    "Suppression",
]
