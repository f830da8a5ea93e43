"""The admin of this app, one module per subject."""

from . import market, research, sectors

__all__ = ["market", "research", "sectors"]
