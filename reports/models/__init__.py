"""The rows of this app, one module per subject."""

from .reports import Report

__all__ = ["Report"]
