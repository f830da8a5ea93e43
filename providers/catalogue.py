"""Every source that Quarry can ask, by name.

Each is declared once, in providers/declared/, as plain data without Django: config/source_settings.py
reads the environment by it, and docs/sources.md is tested against it.
"""

from .declared.companies import COMPANIES
from .declared.series import SERIES
from .declared.source import KeyUse, Limit, Source, SourceSettings
from .declared.ucc_registers import UCC_REGISTERS
from .declared.us_federal import US_FEDERAL

__all__ = ["SOURCES", "KeyUse", "Limit", "Source", "SourceSettings"]

#: By name, in the order they are shown.
SOURCES = {source.name: source for source in (*US_FEDERAL, *COMPANIES, *UCC_REGISTERS, *SERIES)}
