"""A ranked share as a row of its sub-sector."""

from ..market.composite import Ranked
from ..models import Security, Stock, SubSector


def ranked_stock(sub_sector: SubSector, ranked: Ranked, security: Security, rationale: str = "") -> Stock:
    """Not saved yet."""
    return Stock(
        sub_sector=sub_sector,
        tenant_id=sub_sector.tenant_id,
        security=security,
        symbol=security.symbol,
        name=security.name,
        rank=ranked.rank,
        composite=ranked.composite,
        coverage=ranked.coverage,
        factors=ranked.stored_factors(),
        rationale=rationale,
    )
