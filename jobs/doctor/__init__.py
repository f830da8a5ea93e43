"""The doctor: checks of the whole installation, each naming its remedy in one line."""

from .examination import CHECKS, Finding, examine

__all__ = ["CHECKS", "Finding", "examine"]
