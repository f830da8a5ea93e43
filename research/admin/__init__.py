"""The admin of this app, one module per subject."""

from . import market, research

__all__ = ["market", "research"]
