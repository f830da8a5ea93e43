"""The rows of this app, one module per subject."""

from .quota import QuotaUnit
from .reports import Research, Section, SourceNote

__all__ = ["QuotaUnit", "Research", "Section", "SourceNote"]
